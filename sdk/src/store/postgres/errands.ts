/** Telling of a control: jobs beside those of the waves, due whatever state the deployment is in. */
import { toldBy, type ClaimedJob, type Errand, type Settlement } from "../../ledger/index.ts";
import type { Statements } from "./database.ts";

/** A job per job that has written to somebody, for those to whom it has. Within the event's transaction. */
export async function planErrand(
  statements: Statements,
  deployment: number,
  { control, transports, states }: Errand,
  nowMs: number,
): Promise<void> {
  await statements.run(
    `WITH told AS MATERIALIZED (
       SELECT nextval(pg_get_serial_sequence('outrider.jobs', 'id')) AS errand, id, wave, transport,
         (SELECT count(*) FROM outrider.ledger WHERE job = jobs.id AND state = ANY($5::text[])) AS recipients
       FROM outrider.jobs WHERE deployment = $1 AND control IS NULL AND transport = ANY($2::text[])
     ), entered AS (
       INSERT INTO outrider.jobs (id, deployment, wave, transport, attach, delay_ms, state, not_before_ms, control, recipients)
       SELECT errand, $1, wave, transport, false, 0, 'ready', $3, $4, recipients FROM told WHERE recipients > 0
     )
     INSERT INTO outrider.errands
     SELECT told.errand, ledger.agent, ledger.address FROM told
     JOIN outrider.ledger ON ledger.job = told.id WHERE ledger.state = ANY($5::text[])`,
    deployment,
    transports,
    nowMs,
    control,
    states,
  );
}

/** Who has still to be told. */
export async function errandRecipients(
  statements: Statements,
  job: number,
): Promise<ClaimedJob["recipients"]> {
  const rows = await statements.all(
    "SELECT agent, address FROM outrider.errands WHERE job = $1 ORDER BY agent",
    job,
  );
  return rows.map((row) => ({ agent: String(row["agent"]), address: String(row["address"]) }));
}

/** Books it; returns how many are left. */
export async function recordErrand(
  statements: Statements,
  job: number,
  settlement: Settlement,
): Promise<number> {
  const told = toldBy(settlement);
  await statements.run(
    "DELETE FROM outrider.errands WHERE job = $1 AND ($2::text[] IS NULL OR agent = ANY($2::text[]))",
    job,
    told === "all" ? null : told,
  );
  const left = await statements.one(
    "SELECT count(*) AS count FROM outrider.errands WHERE job = $1",
    job,
  );
  return Number(left?.["count"]);
}
