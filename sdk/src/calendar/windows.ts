/**
 * Maintenance windows: on these days, from this local time to that, in this time zone. Local time is asked of ICU for
 * every minute that matters, so the hour that is missing in spring and the one that comes twice in autumn need no care.
 */
import type { Window } from "../schema/index.ts";

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const minuteMs = 60_000;
const dayMinutes = 24 * 60;
const lookAheadMinutes = 8 * dayMinutes;
const isTime = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const formats = new Map<string, Intl.DateTimeFormat>();

/** When something may be sent. */
export interface SendingTimes {
  /** RFC 3339; at once unless given. */
  readonly notBefore?: string;
  /** Any time, if there is none. */
  readonly windows: readonly Window[];
}

/** May it be sent now? */
export function maySend({ notBefore, windows }: SendingTimes, now: Date): boolean {
  return (
    (notBefore === undefined || now.getTime() >= Date.parse(notBefore)) && isOpen(windows, now)
  );
}

/**
 * When it may be sent next; `undefined` where it may be now, or where no window opens within eight days of its time.
 */
export function nextSending(times: SendingTimes, now: Date): Date | undefined {
  if (maySend(times, now)) return undefined;
  const { notBefore, windows } = times;
  const start = Math.max(now.getTime(), Date.parse(notBefore ?? now.toISOString()));
  if (isOpen(windows, new Date(start))) return new Date(start);
  // No step is longer than a window, so that none is passed over.
  const step = Math.max(1, Math.min(60, ...windows.map(lengthOf)));
  let closed = Math.floor(start / minuteMs);
  const end = closed + lookAheadMinutes;
  for (let at = closed + step; at <= end; at += step) {
    if (isOpen(windows, new Date(at * minuteMs))) return firstOpen(windows, closed, at);
    closed = at;
  }
  return undefined;
}

/** @param closed,open minutes since 1970 */
function firstOpen(windows: readonly Window[], closed: number, open: number): Date {
  let [before, after] = [closed, open];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (isOpen(windows, new Date(middle * minuteMs))) after = middle;
    else before = middle;
  }
  return new Date(after * minuteMs);
}

/** Minutes. */
function lengthOf({ from, to }: Window): number {
  return (minutes(to) - minutes(from) + dayMinutes) % dayMinutes;
}

/** Is one of the windows open? Always, if there is none. */
export function isOpen(windows: readonly Window[], now: Date): boolean {
  return windows.length === 0 || windows.some((window) => isWithin(window, now));
}

/** Why a window never opens, as the rest of a sentence; `undefined` for one that does. */
export function windowFault({ from, to, timeZone = "UTC" }: Window): string | undefined {
  if (![from, to].every((time) => isTime.test(time))) return "needs times such as 22:30";
  if (from === to) return `begins and ends at ${from}`;
  try {
    formatFor(timeZone);
    return undefined;
  } catch {
    return `is in time zone ${timeZone}, which is not in the IANA list`;
  }
}

function isWithin(window: Window, now: Date): boolean {
  const { day, minute } = localTime(now, window.timeZone ?? "UTC");
  const from = minutes(window.from);
  const to = minutes(window.to);
  const isDay = (day: number): boolean => {
    const name = days[(day + 7) % 7];
    return window.days === undefined || (name !== undefined && window.days.includes(name));
  };
  if (from < to) return minute >= from && minute < to && isDay(day);
  // Past midnight: what began yesterday belongs to yesterday's name.
  return (minute >= from && isDay(day)) || (minute < to && isDay(day - 1));
}

function localTime(now: Date, timeZone: string): { day: number; minute: number } {
  const parts = Object.fromEntries(
    formatFor(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  const day = days.findIndex((name) => name === parts["weekday"]?.toLowerCase());
  return { day, minute: Number(parts["hour"]) * 60 + Number(parts["minute"]) };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(timeZone, format);
  }
  return format;
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
