/**
 * Tells: what is told while one row is being written goes into the next one, in its order. A row is written under a
 * lock, so that numbers become visible in their order and no reader passes over one; written twice, it stands there
 * once.
 */
import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { Database } from "../database.ts";
import { channel, ringOf } from "./doorbell.ts";

/** Most events in a row. */
const together = 500;
/** More than these wait for no database: the oldest are dropped. */
const mostWaiting = 20_000;
const retryMs = 1000;
const clearEveryMs = 60_000;

interface News {
  readonly event: string;
  readonly makesWork: boolean;
}

/** What writes. */
export interface FeedWriter {
  /** Of this process, in rows and rings. */
  readonly origin: string;
  tell(event: string, makesWork: boolean): void;
  /** Writes what is waiting, where the database is there. */
  close(): Promise<void>;
}

/** Makes one. @param ready resolves when whoever follows in this process has begun */
export function feedWriter(database: Database, ready: () => Promise<void>): FeedWriter {
  const origin = randomUUID();
  const waiting: News[] = [];
  let writing: Promise<void> | undefined;
  let isClosed = false;
  let batch = 0;
  let clearAtMs = 0;

  async function write(): Promise<void> {
    await nextTurn(); // what is told together is written together
    await ready();
    while (waiting.length > 0) {
      const some = waiting.splice(0, together);
      batch++;
      while (!(await written(some))) {
        if (isClosed) return;
        await pause(retryMs);
      }
      await clear();
    }
  }

  async function written(some: readonly News[]): Promise<boolean> {
    const makesWork = some.some((news) => news.makesWork);
    return database
      .run(
        `WITH alone AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext('outrider.feed'))),
         told AS (
           INSERT INTO outrider.feed (origin, batch, events) SELECT $1, $2, $3 FROM alone
           ON CONFLICT (origin, batch) DO NOTHING RETURNING number)
         SELECT pg_notify('${channel}', $4) FROM told`,
        origin,
        batch,
        JSON.stringify(some.map(({ event }) => event)),
        ringOf({ origin, makesWork }),
      )
      .then(
        () => true,
        () => false, // the database is away for longer than one waits: said by whoever needs it
      );
  }

  /** What is older than anybody comes back for is removed. */
  async function clear(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs < clearAtMs) return;
    clearAtMs = nowMs + clearEveryMs;
    await database
      .run("DELETE FROM outrider.feed WHERE told_at < clock_timestamp() - interval '10 minutes'")
      .catch(() => undefined);
  }

  return {
    origin,
    tell(event, makesWork) {
      if (isClosed) return;
      if (waiting.length === mostWaiting) waiting.shift();
      waiting.push({ event, makesWork });
      writing ??= write().finally(() => (writing = undefined));
    },
    async close() {
      isClosed = true;
      await writing;
    },
  };
}
