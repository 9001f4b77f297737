/** A deployment that is only counted: what the store's ledger would sum up to, moved by the same events. */
import type {
  DeploymentProgress,
  DeploymentRecord,
  DeploymentState,
  LedgerState,
  PlannedWave,
  WaveProgress,
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
      counts: {
        planned: size,
        sent: 0,
        received: 0,
        installed: 0,
        rolledBack: 0,
        failed: 0,
        refused: 0,
        noAnswer: 0,
      },
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
  resume(): void {
    for (const [index, count] of failuresOf(this.#progress()).entries()) {
      const wave = this.#waves[index];
      if (wave !== undefined) wave.forgiven = count;
    }
    this.#become("running", "resumed");
  }

  /** A person takes the release back. */
  recall(): void {
    this.#become("halted", "recalled");
  }

  #progress(): DeploymentProgress {
    const { state, reason } = this;
    return { deployment: this.#record, state, reason, waves: this.#waves };
  }

  #become(state: DeploymentState, reason: string): boolean {
    this.state = state;
    this.reason = reason;
    return true;
  }

  /** As the store does (store/sqlite/events.ts): what does not fit changes nothing. */
  #apply({ kind, wave: index = -1, before, reason }: NextEvent, now: Date): boolean {
    const wave = this.#waves[index];
    switch (kind) {
      case "paused":
        return this.#become("paused", reason);
      case "finished":
        return this.#become("finished", reason);
      case "expired":
        for (const [at, { counts }] of this.#waves.entries()) {
          this.move(at, "planned", "failed", counts.planned);
          this.move(at, "sent", "noAnswer", counts.sent);
        }
        return this.#become("finished", reason);
      case "silence": {
        const silent = this.#takeSilent(index, new Date(before ?? now));
        this.move(index, "sent", "noAnswer", silent);
        return silent > 0;
      }
      case "waveStarted":
        if (wave === undefined) return false;
        wave.state = "running";
        wave.startedAt = now.toISOString();
        return true;
      case "waveReached":
        if (wave === undefined) return false;
        wave.reachedAt = now.toISOString();
        return true;
      case "waveFinished":
        if (wave === undefined) return false;
        wave.state = "finished";
        return true;
      case "approved":
      case "resumed":
      case "halted":
      case "recalled":
        return false; // what only people do
      default:
        return kind satisfies never;
    }
  }
}
