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

/** @throws CONFIG_INVALID for a pattern or time zone that means nothing, or a time that never comes */
export function scheduleSource(
  definition: ScheduleSource,
  { state, key }: ScheduleParts,
): EventSource {
  const cron = parse(definition);
  return {
    async due(now) {
      const since = await state.get(key);
      if (since === undefined) {
        await state.set(key, now.toISOString()); // what was before it was set up is not missed
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

function parse({ cron: pattern, timeZone = "UTC" }: ScheduleSource): Cron {
  try {
    // A date, or a nickname such as @daily, is not what the schema promises.
    if (!/^\S+( +\S+){4,5}$/.test(pattern)) throw new TypeError("it must have five or six fields");
    const cron = new Cron(pattern, { timezone: timeZone, paused: true, mode: "5-or-6-parts" });
    if (cron.nextRun() === null) throw new TypeError("that time never comes");
    return cron;
  } catch (cause) {
    throw new OutriderError(
      "CONFIG_INVALID",
      `The schedule ${JSON.stringify(pattern)} (${timeZone}) cannot be used: ${(cause as Error).message}`,
      { subject: pattern, pointer: "/on/cron", cause },
    );
  }
}
