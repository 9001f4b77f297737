/**
 * Fires at times: cron with five or six fields, in a time zone; `L` in the day of the month is month-end.
 *
 * Times that passed while nobody asked fire once, for the latest of them: pushing the same thing three times over helps
 * nobody. Of an hour that comes twice in autumn the first counts; what falls into the missing hour fires after it.
 */
import { Cron } from "croner";
import { OutriderError } from "../errors/index.ts";
import type { ScheduleSource } from "../schema/index.ts";
import type { EventSource, SourceState } from "./source.ts";

/** What a schedule needs. */
export interface ScheduleParts {
  readonly state: SourceState;
  /** Its own place in the state. */
  readonly key: string;
}

/** Clocks are set back by less every day: that must not let a time come twice. */
const setBackMs = 3_600_000;

/** @throws CONFIG_INVALID for a pattern or time zone that means nothing, or a time that never comes */
export function scheduleSource(
  definition: ScheduleSource,
  { state, key }: ScheduleParts,
): EventSource {
  const cron = parse(definition);
  return {
    async due(now) {
      const since = await state.get(key);
      // It begins here, and what was before is not missed. So it does where the clock was far ahead when it was asked
      // last: it would wait for that date, and every time until then would go by.
      if (since === undefined || Date.parse(since) > now.getTime() + setBackMs) {
        await state.set(key, now.toISOString());
        return [];
      }
      const at = latest(cron, now);
      if (at === undefined || at.getTime() <= Date.parse(since)) return [];
      const name = at.toISOString();
      const detail = `${definition.cron}${definition.timeZone === undefined ? "" : ` ${definition.timeZone}`}: ${name}`;
      return [
        { key: name, at, event: { kind: "schedule", detail }, settle: () => state.set(key, name) },
      ];
    },
  };
}

/** When it fires next; for showing. */
export function nextOf(definition: ScheduleSource, now: Date): Date | undefined {
  return parse(definition).nextRun(now) ?? undefined;
}

/** The last time up to now, now included: croner itself leaves the moment it is asked for out. */
function latest(cron: Cron, now: Date): Date | undefined {
  const [at] = cron.previousRuns(1, new Date(now.getTime() + 1000));
  return at !== undefined && at.getTime() <= now.getTime() ? at : cron.previousRuns(1, now)[0];
}

/** Fields of a pattern, as a person counts them; the first may be left out. */
const fields = [
  "second",
  "minute",
  "hour",
  "day of the month",
  "month",
  "day of the week",
] as const;
/** One of them. */
export type CronField = (typeof fields)[number];

/** Why a schedule cannot be used. */
export type ScheduleFault =
  | { readonly kind: "fields" }
  | { readonly kind: "timeZone"; readonly timeZone: string }
  | { readonly kind: "field"; readonly field: CronField; readonly value: string }
  | { readonly kind: "never" };

/** What is wrong with a schedule; `undefined` for one that fires. */
export function scheduleFault(definition: ScheduleSource): ScheduleFault | undefined {
  const { cron: pattern, timeZone = "UTC" } = definition;
  // A date, or a nickname such as @daily, is not what the schema promises.
  if (!/^\S+( +\S+){4,5}$/.test(pattern)) return { kind: "fields" };
  const values = pattern.split(/ +/);
  const wrong = values.findIndex(
    (value, at) => !isRead(values.map((_, i) => (i === at ? value : "*"))),
  );
  const field = fields[fields.length - values.length + wrong];
  const value = values[wrong];
  if (wrong >= 0 && field !== undefined && value !== undefined)
    return { kind: "field", field, value };
  if (!isTimeZone(timeZone)) return { kind: "timeZone", timeZone };
  return cronOf(definition).nextRun() === null ? { kind: "never" } : undefined;
}

function isRead(values: readonly string[]): boolean {
  try {
    cronOf({ kind: "schedule", cron: values.join(" ") });
    return true;
  } catch {
    return false;
  }
}

function isTimeZone(timeZone: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}

function cronOf({ cron: pattern, timeZone = "UTC" }: ScheduleSource): Cron {
  return new Cron(pattern, { timezone: timeZone, paused: true, mode: "5-or-6-parts" });
}

function parse(definition: ScheduleSource): Cron {
  const fault = scheduleFault(definition);
  if (fault === undefined) return cronOf(definition);
  const { cron: pattern, timeZone = "UTC" } = definition;
  throw new OutriderError(
    "CONFIG_INVALID",
    `The schedule ${JSON.stringify(pattern)} (${timeZone}) cannot be used: ${describe(fault)}.`,
    { subject: pattern, pointer: "/on/cron" },
  );
}

function describe(fault: ScheduleFault): string {
  if (fault.kind === "fields") return "it must have five or six fields";
  if (fault.kind === "never") return "that time never comes";
  return fault.kind === "timeZone"
    ? `${fault.timeZone} is no time zone of the IANA list`
    : `${fault.value} is no ${fault.field}`;
}
