/**
 * Reads what all processes told, once for all followers of this process, in the order of its numbers: when the doorbell
 * rings, and now and then without. Rows are the truth: where a ring is lost the next look finds them.
 */
import { setTimeout as pause } from "node:timers/promises";
import { eventStream, type FedEvent } from "../../../ledger/index.ts";
import type { Database, Row } from "../database.ts";

const rowsTogether = 20;
const retryMs = 1000;
/** Without a ring: behind a pooler that shares sessions none is heard. */
const lookEveryMs = 5000;

/** What reads. */
export interface FeedReader {
  /** Resolves when "from now on" is known, where somebody follows. */
  ready(): Promise<void>;
  follow(after?: string): AsyncIterableIterator<FedEvent>;
  /** There is something new, or may be. @param isAnew after a connection was lost */
  look(isAnew: boolean): void;
  close(): Promise<void>;
}

/** An event's place: its row, and which of the row's. */
interface Place {
  readonly number: number;
  readonly index: number;
}
type Told = Place & { readonly event: string };

/** Makes one that begins with its first follower. */
export function feedReader(database: Database): FeedReader {
  const stream = eventStream<Told>();
  let position: Promise<void> | undefined;
  let seen = 0;
  let reading: Promise<void> | undefined;
  let isAgain = false;
  let isAnew = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  async function begin(): Promise<void> {
    while (!isClosed)
      try {
        seen = await latest(database);
        timer = setInterval(() => look(false), lookEveryMs);
        timer.unref();
        return;
      } catch {
        await pause(retryMs);
      }
  }

  async function read(): Promise<void> {
    await position;
    while (isAgain && !isClosed) {
      isAgain = false;
      // A standby that took over may have been a little behind: its numbers are then given a second time.
      if (isAnew) seen = Math.min(seen, await latest(database));
      isAnew = false;
      for (let rows: Row[] = []; ;) {
        rows = await rowsFrom(database, seen + 1);
        for (const told of rows.flatMap(eventsOf)) stream.tell(told);
        seen = Number(rows.at(-1)?.["number"] ?? seen);
        if (rows.length < rowsTogether) break;
      }
    }
  }

  function look(anew: boolean): void {
    if (position === undefined || isClosed) return;
    isAgain = true;
    isAnew ||= anew;
    reading ??= read()
      .catch(() => undefined) // the database is away; the doorbell or the timer looks again
      .finally(() => (reading = undefined));
  }

  /** From a mark on: what is there, then what comes. */
  async function* resume(
    after: string | undefined,
    live: AsyncIterable<Told>,
  ): AsyncGenerator<FedEvent, void, undefined> {
    let last: Place = { number: 0, index: 0 };
    if (after !== undefined) {
      await position;
      last = placeOf(after);
      let rows = await rowsFrom(database, last.number);
      if (Number(rows[0]?.["number"]) !== last.number) {
        yield { missed: true };
        rows = [];
        last = { number: 0, index: 0 };
      }
      for (; rows.length > 0; rows = await rowsFrom(database, last.number + 1))
        for (const told of rows.flatMap(eventsOf)) {
          if (!isAfter(told, last)) continue;
          yield fed(told);
          last = told;
        }
    }
    let isSeen = true; // what came while the past was read may have been part of it
    for await (const told of live) {
      isSeen &&= !isAfter(told, last);
      if (!isSeen) yield fed(told);
    }
  }

  return {
    ready: async () => position,
    follow(after) {
      position ??= begin();
      const live = stream.watch();
      const events = resume(after, live);
      return {
        next: () => events.next(),
        async return() {
          await live.return?.(); // or what waits for the next event would wait on
          return events.return();
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
    look,
    async close() {
      isClosed = true;
      clearInterval(timer);
      stream.close();
      await position;
      await reading;
    },
  };
}

async function latest(database: Database): Promise<number> {
  return Number(
    (await database.one("SELECT max(number) AS number FROM outrider.feed"))?.["number"] ?? 0,
  );
}

function rowsFrom(database: Database, number: number): Promise<Row[]> {
  return database.all(
    "SELECT number, events FROM outrider.feed WHERE number >= $1 ORDER BY number LIMIT $2",
    number,
    rowsTogether,
  );
}

function eventsOf(row: Row): Told[] {
  const events = JSON.parse(String(row["events"])) as string[];
  return events.map((event, index) => ({ number: Number(row["number"]), index, event }));
}

/** What is no mark of ours is one that nobody knows any more. */
function placeOf(mark: string): Place {
  const [, number = "0", index = "0"] = /^(\d{1,15})\.(\d{1,6})$/.exec(mark) ?? [];
  return { number: Number(number), index: Number(index) };
}

function isAfter(one: Place, other: Place): boolean {
  return one.number > other.number || (one.number === other.number && one.index > other.index);
}

function fed({ number, index, event }: Told): FedEvent {
  return { mark: `${number}.${index}`, event };
}
