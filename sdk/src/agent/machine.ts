/**
 * The life of one deployment on one machine, as a table (Fig. 4, steps 80–91; after Mender's state machine).
 *
 * A state is what has been reached; its work is what leads out of it. Every state but `recognized` is written to the
 * journal before its work starts, so a machine that dies anywhere finds in the journal what to do again; all work is
 * idempotent. `recognized` needs no journal: the message still lies with its transport, which gives it again, and a
 * flood of forgeries costs the disk nothing.
 */

/** Where a deployment stands. */
export type State =
  | "recognized"
  | "authenticated"
  | "obtained"
  | "verified"
  | "staged"
  | "switched"
  | "healthy"
  | "committed"
  | "rollingBack"
  | "rolledBack"
  | "reported"
  | "refused";

/**
 * How the work of a state ended. `later`: nothing is wrong for good, so it waits, and is done again without a journal
 * entry. `again`: it is tried at once once more, and the journal counts it. `unwanted`: the world changed its mind
 * before the machine was changed (recalled, overtaken, expired). `otherwise`: the patch that was obtained cannot be
 * used here, and the full package can.
 */
export type Event = "done" | "failed" | "later" | "again" | "unwanted" | "otherwise";

/** What a state does. */
export type Work =
  | "authenticate"
  | "obtain"
  | "verify"
  | "stage"
  | "switch"
  | "check"
  | "commit"
  | "rollBack"
  | "report";

/** One row: in this state, on this event, go there. */
export type Transition = readonly [state: State, event: Event, next: State];

/** The table. */
export const transitions: readonly Transition[] = [
  ["recognized", "done", "authenticated"],
  ["recognized", "failed", "refused"],
  ["recognized", "later", "recognized"],

  ["authenticated", "done", "obtained"],
  // No `failed`: a carrier that brings rubbish must not stop another that brings the archive.
  ["authenticated", "unwanted", "rollingBack"],
  ["authenticated", "later", "authenticated"],

  ["obtained", "done", "verified"],
  ["obtained", "otherwise", "authenticated"],
  ["obtained", "failed", "rollingBack"],
  ["obtained", "unwanted", "rollingBack"],
  ["obtained", "later", "obtained"],

  ["verified", "done", "staged"],
  ["verified", "otherwise", "authenticated"],
  ["verified", "failed", "rollingBack"],
  ["verified", "unwanted", "rollingBack"],
  ["verified", "later", "verified"],

  ["staged", "done", "switched"],
  ["staged", "failed", "rollingBack"],
  ["staged", "unwanted", "rollingBack"],
  ["staged", "later", "staged"],

  ["switched", "done", "healthy"],
  ["switched", "again", "switched"], // one attempt of the health check each
  ["switched", "failed", "rollingBack"],
  ["switched", "later", "switched"],

  ["healthy", "done", "committed"],
  ["healthy", "later", "healthy"],

  ["committed", "done", "reported"],
  ["committed", "later", "committed"],

  // Failure is a small machine of its own: it is repeated until it is done, and never turns forward again.
  ["rollingBack", "done", "rolledBack"],
  ["rollingBack", "later", "rollingBack"],

  ["rolledBack", "done", "reported"],
  ["rolledBack", "later", "rolledBack"],
];

/** The work of each state; the two last ones have none. */
export const works: Readonly<Record<State, Work | undefined>> = {
  recognized: "authenticate",
  authenticated: "obtain",
  obtained: "verify",
  verified: "stage",
  staged: "switch",
  switched: "check",
  healthy: "commit",
  committed: "report",
  rollingBack: "rollBack",
  rolledBack: "report",
  reported: undefined,
  refused: undefined,
};

/** Journal writes one deployment may cost; past it, it is rolled back (Mender: 28, against boot loops; THREATS A4). */
export const maxWrites = 28;

/** Writes kept back for the end: forward it takes three states from `switched`, back as many. */
export const writesToEnd = 3;

/** From here on the machine is being changed, so each resumption costs a journal write and so is bounded. */
export const changingStates: ReadonlySet<State> = new Set(["verified", "staged", "switched"]);

/** Until the switch the notification is held to trust again after a restart. */
export const needsAuthentic: ReadonlySet<State> = new Set([
  "authenticated",
  "obtained",
  "verified",
  "staged",
]);

/** The next state; an event without a row cannot go forward, so it means: do it again. */
export function nextState(state: State, event: Event): State {
  const row = transitions.find(([from, on]) => from === state && on === event);
  return row === undefined ? state : row[2];
}
