/**
 * A pool of connections to PostgreSQL. What was committed has survived a power cut (`synchronous_commit` is never off);
 * transactions are READ COMMITTED, so whoever reads to decide locks what was read.
 *
 * A connection that is lost is replaced. What had not been committed is done again; a commit whose answer was lost is
 * done again only where the caller has said that a second time changes nothing.
 */
import { Pool, type PoolClient } from "pg";
import { OutriderError } from "../../errors/index.ts";
import { isAway, isToRepeat, patiently } from "./connection.ts";
import { hostsOf, sessionsTo, type SessionClass } from "./hosts.ts";
import type { DatabaseOptions } from "./options.ts";
import { migrations } from "./schema.ts";

/** What a column holds. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;
/** What is given for `$1`, `$2` …: an array for `unnest` and `ANY`. */
export type Value = string | number | boolean | null | readonly (string | number | null)[];

/** Statements, within a transaction or each by itself. */
export interface Statements {
  /** First row, or nothing. */
  one(sql: string, ...values: readonly Value[]): Promise<Row | undefined>;
  /** All rows. */
  all(sql: string, ...values: readonly Value[]): Promise<Row[]>;
  /** Changes; returns how many rows. */
  run(sql: string, ...values: readonly Value[]): Promise<number>;
}

/** An open database. A statement by itself must be one that may be done twice. */
export interface Database extends Statements {
  /** All or nothing. @param again whether the whole may be done once more when the answer to its commit was lost */
  transaction<T>(
    again: "repeatable" | "once",
    work: (statements: Statements) => Promise<T>,
  ): Promise<T>;
  /** For a connection beside the pool. */
  readonly Session: SessionClass;
  close(): Promise<void>;
}

const connectMs = 5000;

/** By the type's number in `pg_type`. Whole numbers here stay below 2^53. */
const parsers = new Map<number, (text: string) => string | number | boolean>([
  [16, (text: string) => text === "t"],
  [20, Number],
  [23, Number],
]);

/** Connects, and brings the tables to the present form. @throws STORE_FAILED, CONFIG_INVALID */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const subject = withoutSecrets(options.connectionString);
  const Session = sessionsTo(options.connectionString, {
    connectionTimeoutMillis: connectMs,
    idle_in_transaction_session_timeout: 60_000,
    application_name: "outrider",
    keepAlive: true,
    types: {
      getTypeParser: (type: number) => parsers.get(type) ?? ((text: string) => text),
    },
  });
  const pool = new Pool({
    Client: Session,
    max: options.connections ?? 10,
    connectionTimeoutMillis: connectMs,
  });
  pool.on("error", () => undefined); // an idle connection that is lost is replaced when one is needed
  const database = wrap(pool, Session, { subject, patienceMs: options.patienceMs ?? 15_000 });
  try {
    await database.transaction("repeatable", (statements) => migrate(subject, statements));
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function wrap(
  pool: Pool,
  Session: SessionClass,
  { subject, patienceMs }: { readonly subject: string; readonly patienceMs: number },
): Database {
  const alone = statementsOf({
    query: (sql, values) =>
      patiently(() => pool.query(sql, values), {
        subject,
        patienceMs,
        mayRepeat: (error) => isAway(error) || isToRepeat(error),
      }),
  });
  let closing: Promise<void> | undefined;
  return {
    ...alone,
    Session,
    async transaction(again, work) {
      let isCommitting = false;
      return patiently(
        async () => {
          isCommitting = false;
          return within(pool, work, () => (isCommitting = true));
        },
        {
          subject,
          patienceMs,
          mayRepeat: (error) =>
            isToRepeat(error) || (isAway(error) && (!isCommitting || again === "repeatable")),
        },
      );
    },
    close: () => (closing ??= pool.end()),
  };
}

async function within<T>(
  pool: Pool,
  work: (statements: Statements) => Promise<T>,
  onCommit: () => void,
): Promise<T> {
  const client: PoolClient = await pool.connect();
  let lost: unknown;
  const onError = (error: unknown): void => void (lost = error);
  client.on("error", onError);
  try {
    await client.query("BEGIN");
    const result = await work(statementsOf(client));
    onCommit();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    if (isAway(error)) lost ??= error;
    if (lost === undefined)
      await client.query("ROLLBACK").catch((cause: unknown) => (lost = cause));
    throw error;
  } finally {
    client.off("error", onError);
    client.release(lost !== undefined);
  }
}

interface Queryable {
  query(
    sql: string,
    values: Value[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>;
}

function statementsOf(connection: Queryable): Statements {
  const query: Queryable["query"] = (sql, values) => connection.query(sql, values.map(storable));
  return {
    one: async (sql, ...values) => (await query(sql, [...values])).rows[0],
    all: async (sql, ...values) => (await query(sql, [...values])).rows,
    run: async (sql, ...values) => (await query(sql, [...values])).rowCount ?? 0,
  };
}

/** PostgreSQL's text holds no NUL, which a relay's answer may. */
function storable(value: Value): Value {
  if (typeof value === "string")
    return value.includes("\0") ? value.replaceAll("\0", "\uFFFD") : value;
  if (Array.isArray(value))
    return value.map((item: string | number | null) => storable(item) as string | number | null);
  return value;
}

async function migrate(subject: string, statements: Statements): Promise<void> {
  // Of several processes that start at once, one does it.
  await statements.run("SELECT pg_advisory_xact_lock(hashtext('outrider.form'))");
  await statements.run("CREATE SCHEMA IF NOT EXISTS outrider");
  await statements.run("CREATE TABLE IF NOT EXISTS outrider.form (version INTEGER NOT NULL)");
  const version = Number(
    (await statements.one("SELECT version FROM outrider.form"))?.["version"] ?? 0,
  );
  if (version > migrations.length)
    throw new OutriderError(
      "STORE_FAILED",
      `${subject} was written by a newer Outrider (form ${version}; this one knows ${migrations.length}). Use that one.`,
      { subject },
    );
  if (version === migrations.length) return;
  for (const migration of migrations.slice(version))
    for (const statement of migration.split(/;\s*$/m))
      if (statement.trim() !== "") await statements.run(statement);
  await statements.run("DELETE FROM outrider.form");
  await statements.run("INSERT INTO outrider.form VALUES ($1)", migrations.length);
}

/** Hosts and database, for messages. */
function withoutSecrets(connectionString: string): string {
  try {
    const urls = hostsOf(connectionString).map((one) => new URL(one));
    return `postgres://${urls.map(({ host }) => host).join(",")}${urls[0]?.pathname ?? ""}`;
  } catch {
    return "postgres";
  }
}
