/**
 * How fast a transport may send: token buckets for the transport as a whole and for each destination, in the form of the
 * generic cell rate algorithm (a bucket is one number: the moment when it is full again). Pure: the planner spaces jobs
 * with it, the server holds itself to it.
 */

/** Limits of one bucket. Absent means none. */
export interface Rate {
  /** Messages in a minute. */
  readonly messagesPerMinute?: number;
  /** Recipients in a day. */
  readonly recipientsPerDay?: number;
}

/** What a transport and its destinations bear. */
export interface Pace extends Rate {
  /** Recipients in one message. Default 100. */
  readonly recipientsPerMessage?: number;
  /** For every destination that is not named. */
  readonly perDestination?: Rate;
  /** By destination: for mail, the domain in lower case. */
  readonly destinations?: Readonly<Record<string, Rate>>;
}

/** Messages and recipients to be sent. */
export interface Load {
  readonly messages: number;
  readonly recipients: number;
}

/** One bucket, full at the start. */
export interface Bucket {
  /** When the load may start, milliseconds, at the earliest from `nowMs` on. Takes nothing. */
  startOf(load: Load, nowMs: number): number;
  /** Takes it at that moment. */
  take(load: Load, startMs: number): void;
  /** When each of its limits is full again, milliseconds: given to `bucketOf`, it goes on from there. */
  fullAtMs(): readonly number[];
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** Makes a bucket. What is allowed in a minute (a day) may come at once, then as it refills. */
export function bucketOf(
  { messagesPerMinute, recipientsPerDay }: Rate,
  fullAtMs: readonly number[] = [],
): Bucket {
  const cells = [
    messagesPerMinute === undefined
      ? undefined
      : new Cell(minute / messagesPerMinute, minute, ({ messages }) => messages),
    recipientsPerDay === undefined
      ? undefined
      : new Cell(day / recipientsPerDay, day, ({ recipients }) => recipients),
  ].filter((cell) => cell !== undefined);
  for (const [index, cell] of cells.entries()) cell.fullAtMs = fullAtMs[index] ?? -Infinity;
  return {
    fullAtMs: () => cells.map((cell) => cell.fullAtMs),
    startOf: (load, nowMs) =>
      cells.reduce((startMs, cell) => Math.max(startMs, cell.startOf(load)), nowMs),
    take(load, startMs) {
      for (const cell of cells) cell.take(load, startMs);
    },
  };
}

class Cell {
  readonly #perUnitMs: number;
  readonly #burstMs: number;
  readonly #measure: (load: Load) => number;
  /** When the bucket will be full again. */
  fullAtMs: number = -Infinity;

  constructor(perUnitMs: number, burstMs: number, measure: (load: Load) => number) {
    this.#perUnitMs = perUnitMs;
    this.#burstMs = burstMs;
    this.#measure = measure;
  }

  startOf(load: Load): number {
    // What is more than the whole bucket waits until it is full, and overdraws it.
    const costMs = Math.min(this.#measure(load) * this.#perUnitMs, this.#burstMs);
    return this.fullAtMs + costMs - this.#burstMs;
  }

  take(load: Load, startMs: number): void {
    this.fullAtMs = Math.max(this.fullAtMs, startMs) + this.#measure(load) * this.#perUnitMs;
  }
}
