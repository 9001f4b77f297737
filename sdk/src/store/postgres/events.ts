/**
 * What happens to a deployment, by the table in `ledger/events.ts`: all of it, or nothing. Its row is held meanwhile.
 */
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
import { isTaken } from "./connection.ts";
import type { Database, Statements } from "./database.ts";
import { planErrand } from "./errands.ts";
import { moveRows, Tallies } from "./ledger.ts";

interface Target {
  readonly statements: Statements;
  readonly tallies: Tallies;
  readonly number: number;
  readonly event: DeploymentEvent;
  /** The event's; none has a negative number. */
  readonly wave: number;
  readonly nowMs: number;
}

/** Applies and enters it; false if it does not fit, or its control took effect before. */
export async function applyEvent(database: Database, event: DeploymentEvent): Promise<boolean> {
  return database
    .transaction("once", async (statements) => {
      const row = await statements.one(
        "SELECT number, state FROM outrider.deployments WHERE id = $1 FOR UPDATE",
        event.deployment,
      );
      if (row === undefined || (await isKnown(statements, event))) return false;
      const number = Number(row["number"]);
      const tallies = new Tallies();
      const nowMs = Date.parse(event.at);
      const target = { statements, tallies, number, event, wave: event.wave ?? -1, nowMs };
      if (!(await apply(target, row["state"] as DeploymentState))) return false;
      const announcement = announcementOf(event);
      if (announcement !== undefined) await planErrand(statements, number, announcement, nowMs);
      await statements.run(
        "INSERT INTO outrider.events (deployment, control, event) VALUES ($1, $2, $3)",
        number,
        event.control ?? null,
        JSON.stringify(event),
      );
      await tallies.write(statements);
      return true;
    })
    .catch((error: unknown) => {
      // The same control took effect on another deployment in this moment.
      if (isTaken((error as Error).cause, "events_control_key")) return false;
      throw error;
    });
}

async function isKnown(statements: Statements, { control }: DeploymentEvent): Promise<boolean> {
  return (
    control !== undefined &&
    (await statements.one("SELECT 1 FROM outrider.events WHERE control = $1", control)) !==
      undefined
  );
}

/** Whatever may not fit comes first: nothing is taken back. */
async function apply(target: Target, state: DeploymentState): Promise<boolean> {
  const { fits, wave, rows, releases, stops, ends, forgives, becomes } =
    eventRules[target.event.kind];
  if (!fits.includes(state)) return false;
  if (wave !== undefined && !(await changeWave(target, wave))) return false;
  if (rows !== undefined && !(await move(target, rows))) return false;
  if (releases) await releaseJobs(target);
  if (stops) await stop(target);
  if (ends) await end(target);
  if (forgives) await forgive(target);
  if (becomes !== undefined) await become(target, becomes);
  return true;
}

async function become(
  { statements, number, event }: Target,
  state: DeploymentState,
): Promise<void> {
  await statements.run(
    "UPDATE outrider.deployments SET state = $1, reason = $2 WHERE number = $3",
    state,
    event.reason,
    number,
  );
}

const columns = { startedAt: "started_at", reachedAt: "reached_at" } as const;

async function changeWave(
  { statements, number, wave, event }: Target,
  { from, to, notes }: WaveChange,
): Promise<boolean> {
  const column = notes === undefined ? undefined : columns[notes];
  const changed = await statements.run(
    `UPDATE outrider.waves SET state = $1${column === undefined ? "" : `, ${column} = $5`}
     WHERE deployment = $2 AND wave = $3 AND state = $4${column === undefined ? "" : ` AND ${column} IS NULL`}`,
    to,
    number,
    wave,
    from,
    ...(column === undefined ? [] : [event.at]),
  );
  return changed === 1;
}

/** False where rows must move and none did. */
async function move(target: Target, rows: RowMoves): Promise<boolean> {
  const { statements, tallies, number, wave, event, nowMs } = target;
  const moveOf = (member: number, choice: RowChoice, to: LedgerState): Promise<number> => {
    const change = { to, detail: event.reason, nowMs };
    return moveRows(statements, tallies, { deployment: number, wave: member }, choice, change);
  };
  if (rows.of === "silent") {
    const beforeMs = Date.parse(event.before ?? event.at);
    let moved = 0;
    for (const { from, to } of rows.moves)
      moved += await moveOf(wave, { of: "silent", from, beforeMs }, to);
    return moved > 0;
  }
  const waves = await statements.all(
    "SELECT wave FROM outrider.waves WHERE deployment = $1",
    number,
  );
  for (const row of waves)
    for (const { from, to } of rows.moves)
      await moveOf(Number(row["wave"]), { of: "wave", from }, to);
  return true;
}

async function releaseJobs({ statements, number, wave, nowMs }: Target): Promise<void> {
  await statements.run(
    `UPDATE outrider.jobs SET state = 'ready', not_before_ms = $1 + delay_ms
     WHERE deployment = $2 AND wave = $3 AND state = 'held'`,
    nowMs,
    number,
    wave,
  );
}

async function stop({ statements, number }: Target): Promise<void> {
  await statements.run(
    "UPDATE outrider.jobs SET state = 'done' WHERE deployment = $1 AND errand IS NULL AND state IN ('held', 'ready')",
    number,
  );
}

async function end({ statements, number }: Target): Promise<void> {
  await statements.run(
    "UPDATE outrider.waves SET state = 'finished' WHERE deployment = $1",
    number,
  );
  await statements.run(
    "UPDATE outrider.jobs SET state = 'done' WHERE deployment = $1 AND errand IS NULL",
    number,
  );
}

async function forgive({ statements, number, event }: Target): Promise<void> {
  for (const [wave, count] of (event.forgiven ?? []).entries())
    await statements.run(
      "UPDATE outrider.waves SET forgiven = $1 WHERE deployment = $2 AND wave = $3",
      count,
      number,
      wave,
    );
}
