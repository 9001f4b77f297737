/** Errands: jobs beside those of the waves, due whatever state the deployment is in. */
import {
  addedTo,
  againKey,
  allowedOf,
  toldBy,
  type Announcement,
  type ClaimedJob,
  type PartsRequest,
  type ReceiptFacts,
  type Settlement,
} from "../../ledger/index.ts";
import type { Statements } from "./database.ts";
import type { Place } from "./ledger.ts";

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
       FROM outrider.jobs WHERE deployment = $1 AND transport = ANY($2::text[])
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

/**
 * Enters what a receipt asks for, or adds it to what its agent waits for. Within the transaction that counts it and
 * holds the agent's row; a job of parts is one agent's, so two such transactions never wait for each other.
 */
export async function planParts(
  statements: Statements,
  { deployment, wave }: Place,
  { deployment: id, agent, asksFor, now }: ReceiptFacts,
): Promise<void> {
  if (asksFor === undefined) return;
  const parts = await allow(statements, againKey(id, agent), asksFor);
  if (parts.length === 0) return;
  const { transport, address, notification } = asksFor;
  const waiting = await statements.all(
    `SELECT jobs.id, jobs.errand FROM outrider.errands JOIN outrider.jobs ON jobs.id = errands.job
     WHERE errands.agent = $1 AND jobs.deployment = $2 AND jobs.transport = $3 AND jobs.state = 'ready'
       AND jobs.errand::jsonb ? 'parts' FOR UPDATE OF jobs`,
    agent,
    deployment,
    transport,
  );
  const added = addedTo(waiting, { notification, parts });
  if (added !== undefined) {
    await statements.run(
      "UPDATE outrider.jobs SET errand = $1 WHERE id = $2",
      added.errand,
      added.job,
    );
    return;
  }
  await statements.run(
    `WITH job AS (
       INSERT INTO outrider.jobs (deployment, wave, transport, attach, delay_ms, state, not_before_ms, errand, recipients)
       VALUES ($1, $2, $3, false, 0, 'ready', $4, $5, 1) RETURNING id
     )
     INSERT INTO outrider.errands SELECT id, $6, $7 FROM job`,
    deployment,
    wave,
    transport,
    now.getTime(),
    JSON.stringify({ notification, parts }),
    agent,
    address,
  );
}

/** Those of them that may still be had, counted as had. */
async function allow(
  statements: Statements,
  key: string,
  asksFor: PartsRequest,
): Promise<readonly number[]> {
  const row = await statements.one("SELECT value FROM outrider.kept WHERE key = $1", key);
  const had = Number(row?.["value"] ?? 0);
  const parts = allowedOf(asksFor, had);
  await statements.run(
    "INSERT INTO outrider.kept VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    key,
    String(had + parts.length),
  );
  return parts;
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
