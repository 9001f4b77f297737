/**
 * The embedded database: WAL, so that readers do not wait; `synchronous=FULL`, so that what was committed has survived
 * a power cut. One connection, synchronous: a transaction here is never interleaved with anything else of this process.
 */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { OutriderError, isOutriderError } from "../../errors/index.ts";
import { migrations } from "./schema.ts";

/** What a column holds. */
export type Row = Readonly<Record<string, string | number | null>>;

/** An open database with its statements. */
export interface Database {
  /** First row, or nothing. */
  one(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  /** All rows. */
  all(sql: string, ...values: readonly SQLInputValue[]): Row[];
  /** Changes; returns how many rows. */
  run(sql: string, ...values: readonly SQLInputValue[]): number;
  /** Changes; returns the row's number. */
  insert(sql: string, ...values: readonly SQLInputValue[]): number;
  /** All or nothing. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** @throws STORE_FAILED */
export function openDatabase(path: string): Database {
  return guarded(path, () => {
    if (path !== ":memory:") {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      makePrivate(path);
    }
    const database = new DatabaseSync(path, { timeout: 5000 });
    try {
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      const opened = wrap(path, database);
      migrate(path, database, opened);
      return opened;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Makes the file, empty, unless it is there: what a store holds is its owner's alone, whatever the umask. */
export function makePrivate(path: string): void {
  closeSync(openSync(path, "a", 0o600));
}

function wrap(path: string, database: DatabaseSync): Database {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = prepared.get(sql);
    if (statement === undefined) prepared.set(sql, (statement = database.prepare(sql)));
    return statement;
  };
  return {
    one: (sql, ...values) => guarded(path, () => prepare(sql).get(...values) as Row | undefined),
    all: (sql, ...values) => guarded(path, () => prepare(sql).all(...values) as Row[]),
    run: (sql, ...values) => guarded(path, () => Number(prepare(sql).run(...values).changes)),
    insert: (sql, ...values) =>
      guarded(path, () => Number(prepare(sql).run(...values).lastInsertRowid)),
    transaction: (work) =>
      guarded(path, () => {
        database.exec("BEGIN IMMEDIATE");
        try {
          const result = work();
          database.exec("COMMIT");
          return result;
        } catch (error) {
          // A full disk may have rolled it back already.
          if (database.isTransaction) database.exec("ROLLBACK");
          throw error;
        }
      }),
    close: () => {
      if (database.isOpen) database.close();
    },
  };
}

function migrate(path: string, raw: DatabaseSync, database: Database): void {
  const version = Number(database.one("PRAGMA user_version")?.["user_version"]);
  if (version > migrations.length)
    throw new OutriderError(
      "STORE_FAILED",
      `${path} was written by a newer Outrider (form ${version}; this one knows ${migrations.length}). Use that one.`,
      { subject: path },
    );
  for (let next = version; next < migrations.length; next++)
    database.transaction(() => raw.exec(`${migrations[next]}; PRAGMA user_version = ${next + 1}`));
}

/** Errors of SQLite become ours; ours pass. */
function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isOutriderError(cause)) throw cause;
    throw new OutriderError(
      "STORE_FAILED",
      `The store ${path} refused: ${(cause as Error).message}.`,
      {
        subject: path,
        cause,
      },
    );
  }
}
