/**
 * What each event of a deployment fits, and what it changes: one table, which every store and the simulation carry out.
 *
 * Invariants: an event that does not fit the deployment's state, or the standing of its wave, or that would move no row
 * where it must move one, changes nothing; all that a rule names is changed in one transaction.
 */
import type { DeploymentEvent, DeploymentState, LedgerState, WaveProgress } from "./records.ts";

/** What one kind of event does. */
export interface EventRule {
  /** States of the deployment that it fits. */
  readonly fits: readonly DeploymentState[];
  /** The deployment's next state; the event's reason becomes its reason. */
  readonly becomes?: DeploymentState;
  /** How the event's wave must stand, and stands then. */
  readonly wave?: WaveChange;
  /** Rows that move. */
  readonly rows?: RowMoves;
  /** The jobs of the event's wave become due. */
  readonly releases?: true;
  /** What no sender has is never sent any more, but errands. */
  readonly stops?: true;
  /**
   * Every wave is finished, and nothing of the deployment is sent any more but errands: what a sender has, is not
   * booked.
   */
  readonly ends?: true;
  /** The failures that the event names are accepted, wave by wave. */
  readonly forgives?: true;
}

/** From one standing of a wave to the next. */
export interface WaveChange {
  readonly from: WaveProgress["state"];
  readonly to: WaveProgress["state"];
  /** The event's time is noted under this name, where nothing is noted yet: a second time does not fit. */
  readonly notes?: "startedAt" | "reachedAt";
}

/** Which rows move, and to where. */
export type RowMoves =
  | {
      /** Of the event's wave, last changed before the event's `before`: at least one, or the event does not fit. */
      readonly of: "silent";
      readonly moves: readonly RowMove<"sent" | "received">[];
    }
  | {
      /** Of every wave. */
      readonly of: "all";
      readonly moves: readonly RowMove<LedgerState>[];
    };

/** From one state to another. */
export interface RowMove<From extends LedgerState> {
  readonly from: From;
  readonly to: LedgerState;
}

const open: readonly DeploymentState[] = ["waiting", "running", "paused"];
const any: readonly DeploymentState[] = [...open, "finished", "halted"];

/** The table. */
export const eventRules: Readonly<Record<DeploymentEvent["kind"], EventRule>> = {
  approved: { fits: ["waiting"], becomes: "running" },
  paused: { fits: ["running"], becomes: "paused" },
  // What went wrong until now, and whoever resumes knows of, does not pause it again.
  resumed: { fits: ["paused"], becomes: "running", forgives: true },
  halted: { fits: open, becomes: "halted", stops: true },
  // Also what has finished can be taken back.
  recalled: { fits: any, becomes: "halted", stops: true },
  finished: { fits: ["running"], becomes: "finished", stops: true },
  expired: {
    fits: open,
    becomes: "finished",
    rows: {
      of: "all",
      moves: [
        { from: "planned", to: "failed" },
        { from: "sent", to: "noAnswer" },
        { from: "received", to: "noAnswer" },
      ],
    },
    ends: true,
  },
  waveStarted: {
    fits: ["running"],
    wave: { from: "waiting", to: "running", notes: "startedAt" },
    releases: true,
  },
  silence: {
    fits: any,
    rows: {
      of: "silent",
      moves: [
        { from: "sent", to: "noAnswer" },
        { from: "received", to: "noAnswer" },
      ],
    },
  },
  waveReached: { fits: any, wave: { from: "running", to: "running", notes: "reachedAt" } },
  waveFinished: { fits: any, wave: { from: "running", to: "finished" } },
};

/** Those who are told of an event's control: by which transports, and whose rows stand how. */
export interface Announcement {
  readonly control: string;
  readonly transports: readonly string[];
  readonly states: readonly LedgerState[];
}

/** Who has not answered may still open the mail. */
const stillWaiting: readonly LedgerState[] = ["sent", "received", "noAnswer"];
const everTold: readonly LedgerState[] = [
  ...stillWaiting,
  "installed",
  "rolledBack",
  "failed",
  "refused",
];

/** Of what is recalled everybody who was written to is told, of anything else those who have not said how it ended. */
export function announcementOf({
  kind,
  control,
  tellBy,
}: DeploymentEvent): Announcement | undefined {
  if (control === undefined || tellBy === undefined) return undefined;
  return {
    control,
    transports: tellBy,
    states: kind === "recalled" ? everTold : stillWaiting,
  };
}
