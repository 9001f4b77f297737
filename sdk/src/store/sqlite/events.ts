/** What happens to a deployment, by the table in `ledger/events.ts`: all of it, or nothing. */
import {
  announcementOf,
  eventRules,
  type DeploymentEvent,
  type DeploymentState,
  type LedgerState,
  type RowChoice,
  type RowMoves,
  type WaveChange,
} from "../../ledger/index.ts";
import type { Database } from "./database.ts";
import { planErrand } from "./errands.ts";
import { moveRows } from "./ledger.ts";

interface Target {
  readonly database: Database;
  readonly number: number;
  readonly event: DeploymentEvent;
  /** The event's; none has a negative number. */
  readonly wave: number;
  readonly nowMs: number;
}

/** Applies and enters it; false if it does not fit, or its control took effect before. */
export function applyEvent(database: Database, event: DeploymentEvent): boolean {
  return database.transaction(() => {
    const row = database.one(
      "SELECT number, state FROM deployments WHERE id = ?",
      event.deployment,
    );
    if (row === undefined || isKnown(database, event)) return false;
    const number = Number(row["number"]);
    const nowMs = Date.parse(event.at);
    const target = { database, number, event, wave: event.wave ?? -1, nowMs };
    if (!apply(target, row["state"] as DeploymentState)) return false;
    const announcement = announcementOf(event);
    if (announcement !== undefined) planErrand(database, number, announcement, nowMs);
    database.run(
      "INSERT INTO events (deployment, control, event) VALUES (?, ?, ?)",
      number,
      event.control ?? null,
      JSON.stringify(event),
    );
    return true;
  });
}

function isKnown(database: Database, { control }: DeploymentEvent): boolean {
  return (
    control !== undefined &&
    database.one("SELECT 1 FROM events WHERE control = ?", control) !== undefined
  );
}

/** Whatever may not fit comes first: nothing is taken back. */
function apply(target: Target, state: DeploymentState): boolean {
  const { fits, wave, rows, releases, stops, ends, forgives, becomes } =
    eventRules[target.event.kind];
  if (!fits.includes(state)) return false;
  if (wave !== undefined && !changeWave(target, wave)) return false;
  if (rows !== undefined && !move(target, rows)) return false;
  if (releases) releaseJobs(target);
  if (stops) stop(target);
  if (ends) end(target);
  if (forgives) forgive(target);
  if (becomes !== undefined) become(target, becomes);
  return true;
}

function become({ database, number, event }: Target, state: DeploymentState): void {
  database.run(
    "UPDATE deployments SET state = ?, reason = ? WHERE number = ?",
    state,
    event.reason,
    number,
  );
}

const columns = { startedAt: "started_at", reachedAt: "reached_at" } as const;

function changeWave(
  { database, number, wave, event }: Target,
  { from, to, notes }: WaveChange,
): boolean {
  const column = notes === undefined ? undefined : columns[notes];
  const changed = database.run(
    `UPDATE waves SET state = ?${column === undefined ? "" : `, ${column} = ?`}
     WHERE deployment = ? AND wave = ? AND state = ?${column === undefined ? "" : ` AND ${column} IS NULL`}`,
    to,
    ...(column === undefined ? [] : [event.at]),
    number,
    wave,
    from,
  );
  return changed === 1;
}

/** False where rows must move and none did. */
function move({ database, number, wave, event, nowMs }: Target, rows: RowMoves): boolean {
  const moveOf = (member: number, choice: RowChoice, to: LedgerState): number =>
    moveRows(database, { deployment: number, wave: member }, choice, to, event.reason, nowMs);
  if (rows.of === "silent") {
    const beforeMs = Date.parse(event.before ?? event.at);
    const moved = rows.moves.map(({ from, to }) =>
      moveOf(wave, { of: "silent", from, beforeMs }, to),
    );
    return moved.some((count) => count > 0);
  }
  for (const row of database.all("SELECT wave FROM waves WHERE deployment = ?", number))
    for (const { from, to } of rows.moves) moveOf(Number(row["wave"]), { of: "wave", from }, to);
  return true;
}

function releaseJobs({ database, number, wave, nowMs }: Target): void {
  database.run(
    "UPDATE jobs SET state = 'ready', not_before_ms = ? + delay_ms WHERE deployment = ? AND wave = ? AND state = 'held'",
    nowMs,
    number,
    wave,
  );
}

function stop({ database, number }: Target): void {
  database.run(
    "UPDATE jobs SET state = 'done' WHERE deployment = ? AND errand IS NULL AND state IN ('held', 'ready')",
    number,
  );
}

function end({ database, number }: Target): void {
  database.run("UPDATE waves SET state = 'finished' WHERE deployment = ?", number);
  database.run("UPDATE jobs SET state = 'done' WHERE deployment = ? AND errand IS NULL", number);
}

function forgive({ database, number, event }: Target): void {
  for (const [wave, count] of (event.forgiven ?? []).entries())
    database.run(
      "UPDATE waves SET forgiven = ? WHERE deployment = ? AND wave = ?",
      count,
      number,
      wave,
    );
}
