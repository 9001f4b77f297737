/** Telling of a control: jobs beside those of the waves, due whatever state the deployment is in. */
import type { ClaimedJob, Errand, Settlement } from "../../ledger/index.ts";
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
       SELECT nextval(pg_get_serial_sequence('outrider.jobs', 'id')) AS errand, id, wave, transport FROM outrider.jobs
       WHERE deployment = $1 AND control IS NULL AND transport = ANY($2::text[])
         AND EXISTS (SELECT 1 FROM outrider.ledger WHERE job = jobs.id AND state = ANY($5::text[]))
     ), entered AS (
       INSERT INTO outrider.jobs (id, deployment, wave, transport, attach, delay_ms, state, not_before_ms, control)
       SELECT errand, $1, wave, transport, false, 0, 'ready', $3, $4 FROM told
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

/** Books it; returns whether anybody is left. */
export async function recordErrand(
  statements: Statements,
  job: number,
  { outcomes, retryAt }: Settlement,
): Promise<boolean> {
  const settled = outcomes.filter(({ outcome }) => outcome !== "later").map(({ agent }) => agent);
  await statements.run(
    "DELETE FROM outrider.errands WHERE job = $1 AND ($2 OR agent = ANY($3::text[]))",
    job,
    retryAt === undefined,
    settled,
  );
  return (
    (await statements.one("SELECT 1 FROM outrider.errands WHERE job = $1 LIMIT 1", job)) !==
    undefined
  );
}
