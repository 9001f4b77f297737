/** Events that never fire: schedules that mean nothing or name a time that never comes, however deep they are combined. */
import { isOutriderError } from "../../errors/index.ts";
import type { PushFile, ScheduleSource } from "../../schema/index.ts";
import { nextOf } from "../../trigger/index.ts";
import { say, type Remark } from "../remark.ts";

type EventDefinition = NonNullable<PushFile["on"]>;

/** A schedule of a push file and where it stands. */
export interface PlacedSchedule {
  readonly pointer: string;
  readonly schedule: ScheduleSource;
}

/** Examines what fires a push. */
export function examineEvents(on: PushFile["on"], now: Date): Remark[] {
  return schedulesOf(on).flatMap(({ pointer, schedule }) => {
    const fault = faultOf(schedule, now);
    return fault === undefined
      ? []
      : [
          {
            code: "CONFIG_INVALID",
            severity: "error",
            pointer: `${pointer}/cron`,
            sentence: say("This schedule never fires: {0}", fault),
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

function faultOf(schedule: ScheduleSource, now: Date): string | undefined {
  try {
    return nextOf(schedule, now) === undefined ? "that time never comes" : undefined;
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    return (error.cause as Error | undefined)?.message ?? error.message;
  }
}
