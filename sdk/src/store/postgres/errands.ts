/** Errands: jobs beside those of the waves, due whatever state the deployment is in. */
import {
  joined,
  toldBy,
  type Announcement,
  type ClaimedJob,
  type Errand,
  type PartsRequest,
  type Settlement,
} from "../../ledger/index.ts";
import type { Database, Statements } from "./database.ts";

/** A job per job that has written to somebody, for those to whom it has. Within the event's transaction. */
export async function planErrand(
  statements: Statements,
  deployment: number,
  { control, transports, states }: Announcement,
  nowMs: number,
): Promise<void> {
  await statements.run(
    `WITH told AS MATERIALIZED (
       SELECT nextval(pg_get_serial_sequence('outrider.jobs', 'id')) AS number, id, wave, transport,
         (SELECT count(*) FROM outrider.ledger WHERE job = jobs.id AND state = ANY($5::text[])) AS recipients
       FROM outrider.jobs WHERE deployment = $1 AND errand IS NULL AND transport = ANY($2::text[])
     ), entered AS (
       INSERT INTO outrider.jobs (id, deployment, wave, transport, attach, delay_ms, state, not_before_ms, errand, recipients)
       SELECT number, $1, wave, transport, false, 0, 'ready', $3, $4, recipients FROM told WHERE recipients > 0
     )
     INSERT INTO outrider.errands
     SELECT told.number, ledger.agent, ledger.address FROM told
     JOIN outrider.ledger ON ledger.job = told.id WHERE ledger.state = ANY($5::text[])`,
    deployment,
    transports,
    nowMs,
    JSON.stringify({ control }),
    states,
  );
}

/** Enters what an agent asks for, or adds it to what it waits for. Its row is held: it asks for one thing at a time. */
export async function planParts(database: Database, request: PartsRequest): Promise<void> {
  const { deployment, agent, transport, address, notification, parts, now } = request;
  await database.transaction("repeatable", async (statements) => {
    const row = await statements.one(
      `SELECT deployment, wave FROM outrider.ledger
       WHERE deployment = (SELECT number FROM outrider.deployments WHERE id = $1) AND agent = $2 FOR UPDATE`,
      deployment,
      agent,
    );
    if (row === undefined) return;
    const place = Number(row["deployment"]);
    const waiting = await statements.all(
      `SELECT jobs.id, jobs.errand FROM outrider.errands JOIN outrider.jobs ON jobs.id = errands.job
       WHERE errands.agent = $1 AND jobs.deployment = $2 AND jobs.transport = $3 AND jobs.state = 'ready'
       FOR UPDATE OF jobs`,
      agent,
      place,
      transport,
    );
    for (const { id, errand } of waiting) {
      const both = joined(JSON.parse(String(errand)) as Errand, { notification, parts });
      if (both === undefined) continue;
      await statements.run(
        "UPDATE outrider.jobs SET errand = $1 WHERE id = $2",
        JSON.stringify(both),
        Number(id),
      );
      return;
    }
    await statements.run(
      `WITH job AS (
         INSERT INTO outrider.jobs (deployment, wave, transport, attach, delay_ms, state, not_before_ms, errand, recipients)
         VALUES ($1, $2, $3, false, 0, 'ready', $4, $5, 1) RETURNING id
       )
       INSERT INTO outrider.errands SELECT id, $6, $7 FROM job`,
      place,
      Number(row["wave"]),
      transport,
      now.getTime(),
      JSON.stringify({ notification, parts }),
      agent,
      address,
    );
  });
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
