/** What happens to a deployment: each event fits a present state or changes nothing. Its row is held meanwhile. */
import type { DeploymentEvent, DeploymentState, LedgerState } from "../../ledger/index.ts";
import { isTaken } from "./connection.ts";
import type { Database, Statements } from "./database.ts";
import { planErrands } from "./errands.ts";
import { moveRows, Tallies } from "./ledger.ts";

interface Target {
  readonly statements: Statements;
  readonly tallies: Tallies;
  readonly number: number;
  readonly state: DeploymentState;
  readonly event: DeploymentEvent;
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
      if (row === undefined) return false;
      const control = event.control ?? null;
      if (
        control !== null &&
        (await statements.one("SELECT 1 FROM outrider.events WHERE control = $1", control)) !==
          undefined
      )
        return false;
      const number = Number(row["number"]);
      const tallies = new Tallies();
      const state = row["state"] as DeploymentState;
      const target = { statements, tallies, number, state, event, nowMs: Date.parse(event.at) };
      if (!(await apply(target))) return false;
      await planErrands(statements, number, event);
      await statements.run(
        "INSERT INTO outrider.events (deployment, control, event) VALUES ($1, $2, $3)",
        number,
        control,
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

async function apply(target: Target): Promise<boolean> {
  const { event, state } = target;
  switch (event.kind) {
    case "approved":
      return state === "waiting" && become(target, "running");
    case "paused":
      return state === "running" && become(target, "paused");
    case "resumed":
      return state === "paused" && (await forgive(target)) && become(target, "running");
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
        (await settleAll(target)) &&
        become(target, "finished")
      );
    case "waveStarted":
      return state === "running" && startWave(target);
    case "silence":
      return silence(target);
    case "waveReached":
      return changeWave(
        target,
        "reached_at = $1",
        "state = 'running' AND reached_at IS NULL",
        event.at,
      );
    case "waveFinished":
      return changeWave(target, "state = $1", "state = 'running'", "finished");
    default:
      return event.kind satisfies never;
  }
}

async function become(
  { statements, number, event }: Target,
  state: DeploymentState,
): Promise<boolean> {
  await statements.run(
    "UPDATE outrider.deployments SET state = $1, reason = $2 WHERE number = $3",
    state,
    event.reason,
    number,
  );
  return true;
}

async function changeWave(
  { statements, number, event }: Target,
  set: string,
  where: string,
  value: string,
): Promise<boolean> {
  const changed = await statements.run(
    `UPDATE outrider.waves SET ${set} WHERE deployment = $2 AND wave = $3 AND ${where}`,
    value,
    number,
    event.wave ?? -1,
  );
  return changed === 1;
}

async function startWave(target: Target): Promise<boolean> {
  const { statements, number, event, nowMs } = target;
  if (
    !(await changeWave(target, "state = 'running', started_at = $1", "state = 'waiting'", event.at))
  )
    return false;
  await statements.run(
    `UPDATE outrider.jobs SET state = 'ready', not_before_ms = $1 + delay_ms
     WHERE deployment = $2 AND wave = $3 AND state = 'held'`,
    nowMs,
    number,
    event.wave ?? -1,
  );
  return true;
}

async function silence(target: Target): Promise<boolean> {
  const { statements, tallies, number, event, nowMs } = target;
  const place = { deployment: number, wave: event.wave ?? -1 };
  const beforeMs = Date.parse(event.before ?? event.at);
  const change = { to: "noAnswer", detail: event.reason, nowMs } as const;
  let moved = 0;
  for (const from of ["sent", "received"] as const)
    moved += await moveRows(statements, tallies, place, { of: "silent", from, beforeMs }, change);
  return moved > 0;
}

/** What went wrong until now, and whoever resumes knows of, does not pause it again. */
async function forgive({ statements, number, event }: Target): Promise<boolean> {
  for (const [wave, count] of (event.forgiven ?? []).entries())
    await statements.run(
      "UPDATE outrider.waves SET forgiven = $1 WHERE deployment = $2 AND wave = $3",
      count,
      number,
      wave,
    );
  return true;
}

async function settleAll({ statements, tallies, number, event, nowMs }: Target): Promise<boolean> {
  const waves = await statements.all(
    "SELECT wave FROM outrider.waves WHERE deployment = $1",
    number,
  );
  for (const { wave } of waves) {
    const place = { deployment: number, wave: Number(wave) };
    const move = (from: LedgerState, to: LedgerState): Promise<number> =>
      moveRows(
        statements,
        tallies,
        place,
        { of: "wave", from },
        { to, detail: event.reason, nowMs },
      );
    await move("planned", "failed");
    await move("sent", "noAnswer");
    await move("received", "noAnswer");
  }
  await statements.run(
    "UPDATE outrider.waves SET state = 'finished' WHERE deployment = $1",
    number,
  );
  await statements.run(
    "UPDATE outrider.jobs SET state = 'done' WHERE deployment = $1 AND control IS NULL",
    number,
  );
  return true;
}
