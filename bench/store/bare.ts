/**
 * What settling costs at the least: as many rows changed in as many transactions, one statement each, with a database as
 * durable, and no books kept.
 */
import { DatabaseSync } from "node:sqlite";
import { bareClient } from "../../sdk/test/servers/postgres.ts";
import { recipientsOfJob } from "./rollout.ts";

const table = "CREATE TABLE bare (job INTEGER, agent TEXT, state TEXT, detail TEXT)";
const index = "CREATE INDEX bare_of_job ON bare (job)";

/** In SQLite. @returns milliseconds of the changes alone */
export function bareSqlite(path: string, rows: number): number {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${table}; ${index}; BEGIN`);
  const insert = database.prepare("INSERT INTO bare VALUES (?, ?, 'planned', '')");
  for (let row = 0; row < rows; row++) insert.run(jobOf(row), `agent-${row}`);
  database.exec("COMMIT");
  const change = database.prepare("UPDATE bare SET state = 'sent', detail = '250' WHERE job = ?");
  const started = performance.now();
  for (let job = 0; job <= jobOf(rows - 1); job++) {
    database.exec("BEGIN IMMEDIATE");
    change.run(job);
    database.exec("COMMIT");
  }
  const ms = performance.now() - started;
  database.close();
  return ms;
}

/** In PostgreSQL. @returns milliseconds of the changes alone */
export async function barePostgres(connectionString: string, rows: number): Promise<number> {
  await using client = await bareClient(connectionString);
  await client.query(`${table}; ${index}`);
  await client.query(
    `INSERT INTO bare SELECT n / ${recipientsOfJob}, 'agent-' || n, 'planned', ''
     FROM generate_series(0, ${rows - 1}) AS n`,
  );
  const started = performance.now();
  for (let job = 0; job <= jobOf(rows - 1); job++) {
    await client.query("BEGIN");
    await client.query("UPDATE bare SET state = 'sent', detail = '250' WHERE job = $1", [job]);
    await client.query("COMMIT");
  }
  return performance.now() - started;
}

function jobOf(row: number): number {
  return Math.floor(row / recipientsOfJob);
}
