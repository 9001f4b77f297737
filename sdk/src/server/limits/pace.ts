/**
 * How fast a transport may send: token buckets for the transport as a whole and for each destination, in the form of
 * the generic cell rate algorithm (a bucket is one number: the moment when it is full again). Pure: the planner spaces
 * jobs with it, the server holds itself to it.
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

/** Recipients in one message. */
export function recipientsPerMessageOf({ recipientsPerMessage = 100 }: Pace): number {
  return recipientsPerMessage;
}

/** What limits are counted by: the domain of a mail address, in lower case. */
export function destinationOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
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
}

/** One limit of a rate. What is allowed in a minute (a day) may come at once, then as it refills. */
export interface Limit {
  readonly counts: keyof Load;
  /** How long one unit takes to refill, milliseconds. */
  readonly perUnitMs: number;
  /** How long all of it takes, milliseconds. */
  readonly burstMs: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** The limits of a rate: none, one or two. */
export function limitsIn({ messagesPerMinute, recipientsPerDay }: Rate): Limit[] {
  return [
    ...(messagesPerMinute === undefined
      ? []
      : [{ counts: "messages", perUnitMs: minute / messagesPerMinute, burstMs: minute } as const]),
    ...(recipientsPerDay === undefined
      ? []
      : [{ counts: "recipients", perUnitMs: day / recipientsPerDay, burstMs: day } as const]),
  ];
}

/** What a load takes from a limit: the time in which it refills, milliseconds. */
export function costOf({ counts, perUnitMs }: Limit, load: Load): number {
  return load[counts] * perUnitMs;
}

/** When there is enough for the cost. What is more than the whole bucket waits until it is full, and overdraws it. */
export function enoughAt({ burstMs }: Limit, costMs: number, fullAtMs: number): number {
  return fullAtMs + Math.min(costMs, burstMs) - burstMs;
}

/** When it is full again after the cost was taken. */
export function fullAfter(costMs: number, fullAtMs: number, startMs: number): number {
  return Math.max(fullAtMs, startMs) + costMs;
}

/** Makes a bucket. */
export function bucketOf(rate: Rate): Bucket {
  const cells = limitsIn(rate).map((limit) => ({ limit, fullAtMs: -Infinity }));
  return {
    startOf: (load, nowMs) =>
      cells.reduce(
        (startMs, { limit, fullAtMs }) =>
          Math.max(startMs, enoughAt(limit, costOf(limit, load), fullAtMs)),
        nowMs,
      ),
    take(load, startMs) {
      for (const cell of cells)
        cell.fullAtMs = fullAfter(costOf(cell.limit, load), cell.fullAtMs, startMs);
    },
  };
}
