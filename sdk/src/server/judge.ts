/**
 * Turns what a step returned or threw into a verdict, enters it into the audit log, and only then lets it take effect
 * (step 65): whatever is killed when, nothing is under way that the log does not know of. What was accepted and could
 * not take effect after all has a second line that says so; after a crash `audit/open.ts` writes that line.
 */
import { isOutriderError } from "../errors/index.ts";
import { sha256Hex } from "../signing/index.ts";
import type { AuditEntry } from "./audit/entry.ts";
import type { AuditLog } from "./audit/log.ts";
import type { ServerEvent, Verdict } from "./news/events.ts";
import type { RawTrigger } from "./raw.ts";

/** A message may be made of what a stranger has sent, and the log is for ever. */
const maxDetailLength = 1000;

/** Where verdicts go. */
export interface JudgeParts {
  readonly audit: Pick<AuditLog, "append">;
  tell(event: ServerEvent): void;
}

/** What was good enough to take effect. */
export interface Accepted {
  readonly id: string;
  readonly deployment: string;
  readonly signers: readonly string[];
  /** What it does, once its line is on the disk. A receipt has been booked by then: the ledger keeps its text. */
  readonly takeEffect?: () => Promise<void>;
}

interface Judgement {
  readonly verdict: Verdict;
  readonly facts: Partial<AuditEntry>;
}

/**
 * @param work returns undefined for what is not ours.
 * @throws AUDIT_FAILED, and what is not an OutriderError: that is a fault of ours
 */
export async function judge(
  kind: AuditEntry["kind"],
  raw: RawTrigger,
  parts: JudgeParts,
  work: () => Promise<Accepted | undefined>,
): Promise<Verdict> {
  const started = performance.now();
  const facts = {
    at: raw.receivedAt.toISOString(),
    kind,
    via: raw.via,
    sha256: sha256Hex(raw.bytes),
    bytes: raw.bytes.length,
  };
  const enter = async (judgement: Judgement): Promise<Verdict> => {
    const { verdict } = judgement;
    const entry: AuditEntry = { ...facts, verdict: verdict.outcome, ...judgement.facts };
    await parts.audit.append(entry);
    parts.tell({ event: "message", ...entry, seconds: (performance.now() - started) / 1000 });
    return verdict;
  };
  let accepted: Accepted | undefined;
  try {
    accepted = await work();
  } catch (error) {
    return enter(refusalOf(error));
  }
  if (accepted === undefined) return enter({ verdict: { outcome: "ignored" }, facts: {} });
  const { id, deployment, signers } = accepted;
  const verdict = { outcome: "accepted", id, deployment } as const;
  await enter({ verdict, facts: { id, deployment, signers } });
  try {
    await accepted.takeEffect?.();
  } catch (error) {
    const refusal = refusalOf(error);
    return enter({ ...refusal, facts: { id, deployment, ...refusal.facts } });
  }
  return verdict;
}

function refusalOf(error: unknown): Judgement {
  if (!isOutriderError(error)) throw error;
  const { code, message, step, retryable } = error;
  return {
    verdict: { outcome: "refused", code, message, step, retryable },
    facts: { code, step, detail: message.slice(0, maxDetailLength) },
  };
}
