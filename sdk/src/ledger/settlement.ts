/** What becomes of the rows that somebody's word is about: outcomes, receipts and bounces, the same in every store. */
import { sayReason } from "./reasons.ts";
import type {
  BounceFacts,
  DeploymentRecord,
  DeploymentState,
  LedgerState,
  ReceiptFacts,
  ReceiptVerdict,
  Settlement,
} from "./records.ts";

/**
 * A change of those rows of a job that are still planned: who has answered, quicker than the relay, is not set back.
 */
export interface PlannedMove {
  /** Absent: all that are left. */
  readonly agents?: readonly string[];
  /** Absent: they stay planned, with these words. */
  readonly to?: "sent" | "failed";
  readonly detail: string;
}

const states = { accepted: "sent", rejected: "failed", later: undefined } as const;

/** The changes of a settlement, in order; those with the same words are one. */
export function movesOf({ outcomes, retryAt }: Settlement): PlannedMove[] {
  const alike = Map.groupBy(outcomes, ({ outcome, detail }) => `${outcome} ${detail}`);
  const moves = [...alike.values()].flatMap((group) =>
    group.slice(0, 1).map(({ outcome, detail }): PlannedMove => {
      const to = states[outcome];
      const agents = group.map(({ agent }) => agent);
      return { agents, detail, ...(to === undefined ? {} : { to }) };
    }),
  );
  return retryAt === undefined ? [...moves, { to: "failed", detail: "not delivered" }] : moves;
}

/** Who need not be told of a control any more; all, where it is not tried again. */
export function toldBy({ outcomes, retryAt }: Settlement): readonly string[] | "all" {
  if (retryAt === undefined) return "all";
  return outcomes.filter(({ outcome }) => outcome !== "later").map(({ agent }) => agent);
}

/**
 * A receipt counts if it is the agent's latest word.
 * @param counted of the last one that was, 0 for none; absent: no such agent
 */
export function verdictOn(
  { counter }: Pick<ReceiptFacts, "counter">,
  counted: number | undefined,
): ReceiptVerdict {
  if (counted === undefined) return "stranger";
  return counter > counted ? "counted" : "known";
}

/** What was sent and came back has failed, unless it goes another way. */
export function afterBounce({ instead }: BounceFacts): LedgerState {
  return instead === undefined ? "failed" : "planned";
}

/** Where a deployment stands when it has been entered. */
export function openingOf({ approval, reason }: Pick<DeploymentRecord, "approval" | "reason">): {
  readonly state: DeploymentState;
  readonly reason: string;
} {
  return approval
    ? { state: "waiting", reason: sayReason("approval") }
    : { state: "running", reason };
}
