/** The ledger's one way to change: rows and tallies together, so that the tallies are always the rows' sums. */
import type { LedgerState } from "../../server/store.ts";
import type { Database } from "./database.ts";

/** Every state, in the order of a life. */
export const ledgerStates: readonly LedgerState[] = [
  "planned",
  "sent",
  "received",
  "installed",
  "rolledBack",
  "failed",
  "refused",
  "noAnswer",
];

/** Adds to a tally. Call it within the transaction that changes the rows. */
export function tally(
  database: Database,
  deployment: number,
  wave: number,
  state: LedgerState,
  count: number,
): void {
  if (count === 0) return;
  database.run(
    `INSERT INTO tallies VALUES (?, ?, ?, ?)
     ON CONFLICT (deployment, wave, state) DO UPDATE SET count = count + excluded.count`,
    deployment,
    wave,
    state,
    count,
  );
}

/** Moves rows that a condition picks from some states to another; returns how many. */
export function moveRows(
  database: Database,
  move: {
    readonly deployment: number;
    readonly wave: number;
    readonly from: readonly LedgerState[];
    readonly to: LedgerState;
    readonly detail: string;
    readonly nowMs: number;
    /** Only rows last changed before this. Default: all. */
    readonly changedBeforeMs?: number;
    /** Only rows of this job. Default: all. */
    readonly job?: number;
  },
): number {
  let moved = 0;
  for (const from of move.from) {
    const count = database.run(
      `UPDATE ledger SET state = ?, detail = ?, changed_ms = ?
       WHERE deployment = ? AND wave = ? AND state = ? AND changed_ms < ? AND (? IS NULL OR job = ?)`,
      move.to,
      move.detail,
      move.nowMs,
      move.deployment,
      move.wave,
      from,
      move.changedBeforeMs ?? Number.MAX_SAFE_INTEGER,
      move.job ?? null,
      move.job ?? null,
    );
    tally(database, move.deployment, move.wave, from, -count);
    tally(database, move.deployment, move.wave, move.to, count);
    moved += count;
  }
  return moved;
}

/** Moves one agent's row. */
export function moveRow(
  database: Database,
  row: {
    readonly deployment: number;
    readonly wave: number;
    readonly agent: string;
    readonly from: LedgerState;
  },
  to: LedgerState,
  detail: string,
  nowMs: number,
): void {
  database.run(
    "UPDATE ledger SET state = ?, detail = ?, changed_ms = ? WHERE deployment = ? AND agent = ?",
    to,
    detail,
    nowMs,
    row.deployment,
    row.agent,
  );
  if (row.from === to) return;
  tally(database, row.deployment, row.wave, row.from, -1);
  tally(database, row.deployment, row.wave, to, 1);
}
