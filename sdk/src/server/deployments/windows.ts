/**
 * Maintenance windows: on these days, from this local time to that, in this time zone. Local time is asked of ICU for
 * every minute that matters, so the hour that is missing in spring and the one that comes twice in autumn need no care.
 */
import { OutriderError } from "../../errors/index.ts";
import type { Window } from "../../schema/index.ts";

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Is one of the windows open? Always, if there is none. */
export function isOpen(windows: readonly Window[], now: Date): boolean {
  return windows.length === 0 || windows.some((window) => isWithin(window, now));
}

/** @throws PLAN_INVALID for a time zone that does not exist, or a window without length */
export function requireWindows(windows: readonly Window[], subject: string): void {
  for (const [index, window] of windows.entries()) {
    const wrong = faultOf(window);
    if (wrong !== undefined)
      throw new OutriderError("PLAN_INVALID", `Window ${index + 1} of ${subject} ${wrong}.`, {
        subject,
        pointer: `/rollout/windows/${index}`,
      });
  }
}

function faultOf(window: Window): string | undefined {
  if (window.from === window.to) return `begins and ends at ${window.from}`;
  try {
    formatFor(window.timeZone ?? "UTC");
    return undefined;
  } catch {
    return `is in time zone ${window.timeZone}, which is not in the IANA list`;
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
