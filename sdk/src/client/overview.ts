/**
 * What a person wants to see of one deployment: how far each wave is, where each transport loses agents, what fails and
 * why, what was reported last. Made from a reading of its ledger, kept true by what happens afterwards. Pure.
 */
import {
  eventRules,
  type DeploymentEvent,
  type LedgerRow,
  type LedgerState,
} from "../ledger/index.ts";
import type { Receipt } from "../schema/index.ts";
import type { LiveEvent } from "./live.ts";
import type { ShownDeployment } from "./reading.ts";

/** One deployment, for people. */
export interface Overview {
  readonly shown: ShownDeployment;
  /** By name. */
  readonly transports: readonly TransportFunnel[];
  /** The most frequent first. */
  readonly failures: readonly FailureCount[];
  /** The latest first. */
  readonly receipts: readonly ReportedReceipt[];
  /** The latest first. */
  readonly events: readonly DeploymentEvent[];
}

/** How many agents of a transport came how far; each figure counts those of the next, too. */
export interface TransportFunnel {
  readonly transport: string;
  readonly planned: number;
  readonly sent: number;
  readonly received: number;
  readonly installed: number;
  /** Failed, refused, rolled back or silent. */
  readonly lost: number;
}

/** Why agents have not got it. */
export interface FailureCount {
  /** An error code, or `NO_ANSWER`. */
  readonly code: string;
  readonly count: number;
  /** The first few. */
  readonly agents: readonly string[];
}

/** An agent that has not got it. */
export interface LostAgent {
  readonly agent: string;
  /** An error code, or `NO_ANSWER`. */
  readonly code: string;
  /** RFC 3339. */
  readonly at: string;
}

/** The last word of an agent. */
export interface ReportedReceipt {
  readonly agent: string;
  readonly state: LedgerState;
  /** RFC 3339. */
  readonly at: string;
  readonly transport?: string;
  readonly obtainer?: string;
  readonly bytes?: number;
  readonly durationMs?: number;
  readonly before?: string;
  readonly code?: string;
}

const maxReceipts = 50;
const maxNamed = 5;
const lostStates: ReadonlySet<LedgerState> = new Set([
  "failed",
  "refused",
  "rolledBack",
  "noAnswer",
]);

type Row = Pick<
  LedgerRow,
  "agent" | "wave" | "transport" | "state" | "detail" | "changedAt" | "receipt"
>;

/** A deployment that is watched. */
export class DeploymentView {
  #shown: ShownDeployment;
  readonly #events: DeploymentEvent[];
  readonly #rows = new Map<string, Row>();

  constructor(
    shown: ShownDeployment,
    rows: Iterable<LedgerRow>,
    events: readonly DeploymentEvent[],
  ) {
    this.#shown = shown;
    this.#events = [...events];
    for (const row of rows) this.#rows.set(row.agent, row);
  }

  /** Takes a later reading of its waves. */
  update(shown: ShownDeployment): void {
    this.#shown = shown;
  }

  /** Applies something that happened. @returns false where it changes nothing that is shown */
  apply(happened: LiveEvent): boolean {
    if (!("deployment" in happened) || happened.deployment !== this.#shown.deployment.id)
      return false;
    if (happened.event === "sent") return this.#sent(happened);
    if (happened.event === "receipt") return this.#reported(happened);
    if (happened.event !== "deployment") return false;
    const { event: _event, ...step } = happened;
    this.#events.push(step);
    this.#moveRows(step);
    return true;
  }

  /** As it is now. */
  get overview(): Overview {
    return this.#overviewOf(() => true);
  }

  /** The agents of one wave, counted from 0; the waves themselves are all there. */
  wave(at: number): Overview {
    return this.#overviewOf(({ wave }) => wave === at);
  }

  /** Those who have not got it, by id; only those who failed by a code, where one is given. */
  lost(code?: string): readonly LostAgent[] {
    return [...this.#rows.values()]
      .filter(({ state }) => lostStates.has(state))
      .map((row) => ({ agent: row.agent, code: codeOf(row), at: row.changedAt }))
      .filter((agent) => code === undefined || agent.code === code)
      .toSorted((left, right) => left.agent.localeCompare(right.agent));
  }

  #overviewOf(isMeant: (row: Row) => boolean): Overview {
    const rows = [...this.#rows.values()].filter(isMeant);
    return {
      shown: this.#shown,
      transports: funnelsOf(rows),
      failures: failuresOf(rows),
      receipts: receiptsOf(rows),
      events: this.#events.toReversed(),
    };
  }

  /** As the store does it with the same event. */
  #moveRows({ at, before = at, kind, wave }: DeploymentEvent): void {
    const { rows } = eventRules[kind];
    if (rows === undefined) return;
    const next = new Map<LedgerState, LedgerState>(rows.moves.map(({ from, to }) => [from, to]));
    for (const row of this.#rows.values()) {
      const state = next.get(row.state);
      const isMeant =
        rows.of === "all" || (row.wave === wave && Date.parse(row.changedAt) < Date.parse(before));
      if (state !== undefined && isMeant)
        this.#rows.set(row.agent, { ...row, state, changedAt: at });
    }
  }

  #sent({ agents, wave, transport, outcome, detail, at }: LiveEvent & { event: "sent" }): boolean {
    const state = outcome === "accepted" ? "sent" : outcome === "rejected" ? "failed" : undefined;
    if (state === undefined) return false;
    // What has answered already was sent before, whatever order the news come in.
    const moved = agents.filter(
      (agent) => (this.#rows.get(agent)?.state ?? "planned") === "planned",
    );
    for (const agent of moved)
      this.#rows.set(agent, { agent, wave, transport, state, detail, changedAt: at });
    return moved.length > 0;
  }

  #reported({ agent, state, receipt, at }: LiveEvent & { event: "receipt" }): boolean {
    const row = this.#rows.get(agent);
    if (row === undefined) return false;
    const { code = "" } = read(receipt) ?? {};
    this.#rows.set(agent, { ...row, state, detail: code, changedAt: at, receipt });
    return true;
  }
}

function funnelsOf(rows: readonly Row[]): TransportFunnel[] {
  return [...Map.groupBy(rows, ({ transport }) => transport)]
    .map(([transport, all]) => {
      const count = (...states: readonly LedgerState[]): number =>
        all.filter(({ state }) => states.includes(state)).length;
      const installed = count("installed");
      const lost = all.filter(({ state }) => lostStates.has(state)).length;
      const received = installed + count("received");
      return {
        transport,
        planned: all.length,
        sent: received + count("sent") + lost,
        received,
        installed,
        lost,
      };
    })
    .toSorted((left, right) => left.transport.localeCompare(right.transport));
}

function failuresOf(rows: readonly Row[]): FailureCount[] {
  const lost = rows.filter(({ state }) => lostStates.has(state));
  return [...Map.groupBy(lost, codeOf)]
    .map(([code, all]) => ({
      code,
      count: all.length,
      agents: all.slice(0, maxNamed).map(({ agent }) => agent),
    }))
    .toSorted((left, right) => right.count - left.count || left.code.localeCompare(right.code));
}

/** The receipt's code; else what the carrier said, cut to its first words. */
function codeOf({ state, detail, receipt }: Row): string {
  if (state === "noAnswer") return "NO_ANSWER";
  const code = receipt === undefined ? undefined : read(receipt)?.code;
  return code ?? /^[A-Z][A-Z0-9_]+\b/.exec(detail)?.[0] ?? (detail.slice(0, 60) || state);
}

function receiptsOf(rows: readonly Row[]): ReportedReceipt[] {
  return rows
    .filter(({ receipt }) => receipt !== undefined)
    .toSorted((left, right) => right.changedAt.localeCompare(left.changedAt))
    .slice(0, maxReceipts)
    .map(({ agent, state, changedAt, receipt }) => {
      const { transport, obtainer, bytes, durationMs, before, code } = read(receipt ?? "") ?? {};
      return {
        agent,
        state,
        at: changedAt,
        ...defined({ transport, obtainer, bytes, durationMs, before, code }),
      };
    });
}

/** The server has verified it; what a broken server sends instead is shown as nothing. */
function read(text: string): Partial<Receipt> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as never;
}
