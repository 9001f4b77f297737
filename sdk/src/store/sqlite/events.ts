/** What happens to a deployment: each event fits a present state or changes nothing. */
import type { DeploymentEvent, DeploymentState, LedgerState } from "../../ledger/index.ts";
import type { Database } from "./database.ts";
import { planErrands } from "./errands.ts";
import { moveRows } from "./ledger.ts";

interface Target {
  readonly database: Database;
  readonly number: number;
  readonly state: DeploymentState;
  readonly event: DeploymentEvent;
  readonly nowMs: number;
}

/** Applies and enters it; false if it does not fit, or its control took effect before. */
export function applyEvent(database: Database, event: DeploymentEvent): boolean {
  return database.transaction(() => {
    const row = database.one(
      "SELECT number, state FROM deployments WHERE id = ?",
      event.deployment,
    );
    if (row === undefined) return false;
    if (
      event.control !== undefined &&
      database.one("SELECT 1 FROM events WHERE control = ?", event.control) !== undefined
    )
      return false;
    const number = Number(row["number"]);
    const state = row["state"] as DeploymentState;
    if (!apply({ database, number, state, event, nowMs: Date.parse(event.at) })) return false;
    planErrands(database, number, event, Date.parse(event.at));
    database.run(
      "INSERT INTO events (deployment, control, event) VALUES (?, ?, ?)",
      number,
      event.control ?? null,
      JSON.stringify(event),
    );
    return true;
  });
}

function apply(target: Target): boolean {
  const { event, state } = target;
  switch (event.kind) {
    case "approved":
      return state === "waiting" && become(target, "running");
    case "paused":
      return state === "running" && become(target, "paused");
    case "resumed":
      return state === "paused" && forgive(target) && become(target, "running");
    case "halted":
      return state !== "finished" && state !== "halted" && become(target, "halted");
    case "recalled":
      return become(target, "halted"); // also what has finished can be taken back
    case "finished":
      return state === "running" && become(target, "finished");
    case "expired":
      return (
        state !== "finished" &&
        state !== "halted" &&
        settleAll(target) &&
        become(target, "finished")
      );
    case "waveStarted":
      return state === "running" && startWave(target);
    case "silence":
      return silence(target);
    case "waveReached":
      return changeWave(
        target,
        "reached_at = ?",
        "state = 'running' AND reached_at IS NULL",
        event.at,
      );
    case "waveFinished":
      return changeWave(target, "state = ?", "state = 'running'", "finished");
    default:
      return event.kind satisfies never;
  }
}

function become({ database, number, event }: Target, state: DeploymentState): boolean {
  database.run(
    "UPDATE deployments SET state = ?, reason = ? WHERE number = ?",
    state,
    event.reason,
    number,
  );
  return true;
}

function changeWave(
  { database, number, event }: Target,
  set: string,
  where: string,
  value: string,
): boolean {
  return (
    database.run(
      `UPDATE waves SET ${set} WHERE deployment = ? AND wave = ? AND ${where}`,
      value,
      number,
      event.wave ?? -1,
    ) === 1
  );
}

function startWave(target: Target): boolean {
  const { database, number, event, nowMs } = target;
  const started = database.run(
    "UPDATE waves SET state = 'running', started_at = ? WHERE deployment = ? AND wave = ? AND state = 'waiting'",
    event.at,
    number,
    event.wave ?? -1,
  );
  if (started === 0) return false;
  database.run(
    "UPDATE jobs SET state = 'ready', not_before_ms = ? + delay_ms WHERE deployment = ? AND wave = ? AND state = 'held'",
    nowMs,
    number,
    event.wave ?? -1,
  );
  return true;
}

function silence({ database, number, event, nowMs }: Target): boolean {
  const place = { deployment: number, wave: event.wave ?? -1 };
  const beforeMs = Date.parse(event.before ?? event.at);
  const moved = (["sent", "received"] as const).map((from) =>
    moveRows(database, place, { of: "silent", from, beforeMs }, "noAnswer", event.reason, nowMs),
  );
  return moved.some((count) => count > 0);
}

/** What went wrong until now, and whoever resumes knows of, does not pause it again. */
function forgive({ database, number, event }: Target): boolean {
  for (const [wave, count] of (event.forgiven ?? []).entries())
    database.run(
      "UPDATE waves SET forgiven = ? WHERE deployment = ? AND wave = ?",
      count,
      number,
      wave,
    );
  return true;
}

function settleAll({ database, number, event, nowMs }: Target): boolean {
  for (const row of database.all("SELECT wave FROM waves WHERE deployment = ?", number)) {
    const place = { deployment: number, wave: Number(row["wave"]) };
    const move = (from: LedgerState, to: LedgerState): number =>
      moveRows(database, place, { of: "wave", from }, to, event.reason, nowMs);
    move("planned", "failed");
    move("sent", "noAnswer");
    move("received", "noAnswer");
  }
  database.run("UPDATE waves SET state = 'finished' WHERE deployment = ?", number);
  database.run("UPDATE jobs SET state = 'done' WHERE deployment = ? AND control IS NULL", number);
  return true;
}
