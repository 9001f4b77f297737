/**
 * The database's clock, known here: leases and limits that several machines keep are told by one clock. The local
 * monotonic clock runs between two measurements, so that nobody's wall clock has a say.
 */
import type { Clock } from "../../ports/index.ts";
import type { Database } from "./database.ts";

const measureEveryMs = 60_000;

/** A clock that measures itself. */
export interface DatabaseClock extends Clock {
  /** Measures no more. */
  stop(): void;
}

/** Measures once, and then every minute. @throws STORE_FAILED */
export async function databaseClock(database: Database): Promise<DatabaseClock> {
  let offsetMs = await measure(database);
  const timer = setInterval(() => {
    // While the database is away the last measurement holds.
    measure(database).then(
      (measured) => (offsetMs = measured),
      () => undefined,
    );
  }, measureEveryMs);
  timer.unref();
  return {
    now: () => new Date(performance.now() + offsetMs),
    stop: () => clearInterval(timer),
  };
}

/**
 * What the monotonic clock lacks: its answer belongs to the middle of question and answer; the quickest of three
 * counts.
 */
async function measure(database: Database): Promise<number> {
  const tries: { readonly tookMs: number; readonly offsetMs: number }[] = [];
  while (tries.length < 3) {
    const askedMs = performance.now();
    const row = await database.one("SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now_ms");
    const answeredMs = performance.now();
    const offsetMs = Number(row?.["now_ms"]) - (askedMs + answeredMs) / 2;
    tries.push({ tookMs: answeredMs - askedMs, offsetMs });
  }
  return tries.toSorted((one, other) => one.tookMs - other.tookMs)[0]?.offsetMs ?? 0;
}
