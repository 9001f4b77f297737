/** A deployment that is only counted: what the store's ledger would sum up to, moved by the same events. */
import {
  countsOf,
  eventRules,
  type DeploymentEvent,
  type DeploymentProgress,
  type DeploymentRecord,
  type DeploymentState,
  type LedgerState,
  type PlannedWave,
  type RowMoves,
  type WaveChange,
  type WaveProgress,
} from "../../../ledger/index.ts";
import type { Window } from "../../../schema/index.ts";
import { decide, failuresOf, type NextEvent } from "../../deployments/decide.ts";

/** What is counted. */
export interface Counted {
  readonly waves: readonly PlannedWave[];
  readonly windows: readonly Window[];
  readonly startsAt: Date;
  readonly expiresAt: Date;
}

/** What the ledger cannot be asked here: who of a wave was written to before this moment and has not answered. */
export type TakeSilent = (wave: number, before: Date) => number;

type Counts = Record<LedgerState, number>;
type Wave = { -readonly [K in keyof Omit<WaveProgress, "counts">]: WaveProgress[K] } & {
  readonly counts: Counts;
};

/** Counts by wave and state, and where it stands. */
export class CountedDeployment {
  state: DeploymentState = "running";
  reason = "";
  readonly #waves: readonly Wave[];
  readonly #record: DeploymentRecord;
  readonly #takeSilent: TakeSilent;

  constructor({ waves, windows, startsAt, expiresAt }: Counted, takeSilent: TakeSilent) {
    this.#takeSilent = takeSilent;
    this.#waves = waves.map(({ size }) => ({
      state: "waiting",
      forgiven: 0,
      counts: countsOf({ planned: size }),
    }));
    this.#record = {
      id: "",
      trigger: "",
      packageName: "",
      version: "",
      manifest: "",
      audience: {},
      reason: "",
      acceptedAt: startsAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      approval: false,
      signers: [],
      waves,
      windows,
    };
  }

  /** How many are in this state, in all waves. */
  count(state: LedgerState): number {
    return this.#waves.reduce((sum, { counts }) => sum + counts[state], 0);
  }

  /** Moves so many from one state to another. */
  move(wave: number, from: LedgerState, to: LedgerState, count: number): void {
    const counts = this.#waves[wave]?.counts;
    if (counts === undefined) return;
    counts[from] -= count;
    counts[to] += count;
  }

  /** Does what the real thresholds say is due; returns what happened. */
  conduct(now: Date): NextEvent[] {
    const happened: NextEvent[] = [];
    for (let changed = true; changed;) {
      changed = false;
      for (const event of decide(this.#progress(), now)) {
        if (!this.#apply(event, now)) continue;
        changed = true;
        happened.push(event);
      }
    }
    return happened;
  }

  /** A person accepts the failures so far. */
  resume(now: Date): void {
    const forgiven = failuresOf(this.#progress());
    this.#apply({ kind: "resumed", reason: "resumed", forgiven }, now);
  }

  /** A person takes the release back. */
  recall(now: Date): void {
    this.#apply({ kind: "recalled", reason: "recalled" }, now);
  }

  #progress(): DeploymentProgress {
    const { state, reason } = this;
    return { deployment: this.#record, state, reason, waves: this.#waves };
  }

  /** By the stores' table: what does not fit changes nothing. */
  #apply(event: Happening, now: Date): boolean {
    const { fits, wave, rows, ends, forgives, becomes } = eventRules[event.kind];
    if (!fits.includes(this.state)) return false;
    if (wave !== undefined && !this.#changeWave(event, wave, now)) return false;
    if (rows !== undefined && !this.#moveRows(event, rows, now)) return false;
    if (ends) for (const each of this.#waves) each.state = "finished";
    if (forgives)
      for (const [index, each] of this.#waves.entries())
        each.forgiven = event.forgiven?.[index] ?? each.forgiven;
    if (becomes === undefined) return true;
    this.state = becomes;
    this.reason = event.reason;
    return true;
  }

  #changeWave(
    { wave: index = -1 }: Happening,
    { from, to, notes }: WaveChange,
    now: Date,
  ): boolean {
    const wave = this.#waves[index];
    if (wave?.state !== from || (notes !== undefined && wave[notes] !== undefined)) return false;
    wave.state = to;
    if (notes !== undefined) wave[notes] = now.toISOString();
    return true;
  }

  #moveRows({ wave = -1, before }: Happening, { of, moves }: RowMoves, now: Date): boolean {
    if (of === "silent") {
      // Machines are counted as sent until they say how it ended.
      const silent = this.#takeSilent(wave, new Date(before ?? now));
      this.move(wave, "sent", "noAnswer", silent);
      return silent > 0;
    }
    for (const [index, { counts }] of this.#waves.entries())
      for (const { from, to } of moves) this.move(index, from, to, counts[from]);
    return true;
  }
}

/** What the planner decides, or a person orders. */
type Happening = NextEvent & Pick<DeploymentEvent, "forgiven">;
