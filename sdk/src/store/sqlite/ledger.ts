/** The ledger's one way to change: rows and tallies together, so that the tallies are always the rows' sums. */
import type { LedgerState, RowChoice } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

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

/** Moves all rows chosen; returns how many. */
export function moveRows(
  database: Database,
  place: { readonly deployment: number; readonly wave: number },
  choice: RowChoice,
  to: LedgerState,
  detail: string,
  nowMs: number,
): number {
  const { deployment, wave } = place;
  const set = "UPDATE ledger SET state = ?, detail = ?, changed_ms = ?";
  let count: number;
  if (choice.of === "job")
    count = database.run(
      `${set} WHERE job = ? AND state = 'planned' AND (? OR agent IN (SELECT value FROM json_each(?)))`,
      to,
      detail,
      nowMs,
      choice.job,
      choice.agents === undefined ? 1 : 0,
      JSON.stringify(choice.agents ?? []),
    );
  else if (choice.of === "silent")
    count = database.run(
      `${set} WHERE deployment = ? AND wave = ? AND changed_ms < ? AND state = '${choice.from}'`,
      to,
      detail,
      nowMs,
      deployment,
      wave,
      choice.beforeMs,
    );
  else
    count = database.run(
      `${set} WHERE deployment = ? AND wave = ? AND state = ?`,
      to,
      detail,
      nowMs,
      deployment,
      wave,
      choice.from,
    );
  tally(database, deployment, wave, choice.from, -count);
  tally(database, deployment, wave, to, count);
  return count;
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
