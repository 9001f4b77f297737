/**
 * Events that never fire: schedules that mean nothing or name a time that never comes, however deep they are combined.
 */
import { isOutriderError, say, type Sentence } from "../../errors/index.ts";
import type { PushFile, ScheduleSource } from "../../schema/index.ts";
import { nextOf, scheduleFault, type CronField, type ScheduleFault } from "../../trigger/index.ts";
import type { Remark } from "../remark.ts";

type EventDefinition = NonNullable<PushFile["on"]>;

/** A schedule of a push file and where it stands. */
export interface PlacedSchedule {
  readonly pointer: string;
  readonly schedule: ScheduleSource;
}

/** Examines what fires a push. */
export function examineEvents(on: PushFile["on"]): Remark[] {
  return schedulesOf(on).flatMap(({ pointer, schedule }) => {
    const fault = scheduleFault(schedule);
    return fault === undefined
      ? []
      : [
          {
            code: "CONFIG_INVALID",
            severity: "error",
            pointer: `${pointer}/${fault.kind === "timeZone" ? "timeZone" : "cron"}`,
            sentence: sentenceOf(fault),
          },
        ];
  });
}

/** Every schedule, in the order of the file. */
export function schedulesOf(on: PushFile["on"], pointer = "/on"): PlacedSchedule[] {
  if (on === undefined) return [];
  if (on.kind === "schedule") return [{ pointer, schedule: on }];
  if (on.kind !== "allOf" && on.kind !== "anyOf") return [];
  return on.of.flatMap((inner: EventDefinition, at: number) =>
    schedulesOf(inner, `${pointer}/of/${at}`),
  );
}

/** The next firings, at most `count`; none for a schedule that never fires. */
export function nextFirings(schedule: ScheduleSource, now: Date, count: number): Date[] {
  const firings: Date[] = [];
  try {
    for (let at = nextOf(schedule, now); at !== undefined; at = nextOf(schedule, at)) {
      firings.push(at);
      if (firings.length === count) break;
    }
  } catch (error) {
    if (!isOutriderError(error)) throw error;
  }
  return firings;
}

function sentenceOf(fault: ScheduleFault): Sentence {
  if (fault.kind === "fields") return say("A schedule has five or six fields, such as 0 3 * * 1.");
  if (fault.kind === "never") return say("This schedule never fires: that time never comes.");
  if (fault.kind === "timeZone")
    return say("{0} is no time zone of the IANA list, such as Europe/Berlin.", fault.timeZone);
  return sentencesOfFields[fault.field](fault.value);
}

const sentencesOfFields: Readonly<Record<CronField, (value: string) => Sentence>> = {
  second: (value) => say("This schedule never fires: {0} is no second, 0 to 59.", value),
  minute: (value) => say("This schedule never fires: {0} is no minute, 0 to 59.", value),
  hour: (value) => say("This schedule never fires: {0} is no hour, 0 to 23.", value),
  "day of the month": (value) =>
    say("This schedule never fires: {0} is no day of the month, 1 to 31 or L.", value),
  month: (value) =>
    say("This schedule never fires: {0} is no month, 1 to 12 or JAN to DEC.", value),
  "day of the week": (value) =>
    say("This schedule never fires: {0} is no day of the week, 0 to 7 or SUN to SAT.", value),
};
