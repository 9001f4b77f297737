/** Row 4: triggers and controls, made and signed (patent 10), and what fires them. */
export { createControl, type ControlOptions } from "./control.ts";
export { createTrigger, type TriggerOptions } from "./manual.ts";
export { openSource, type OpenedSource, type SourceParts } from "./open.ts";
export { nextOf, scheduleFault, type CronField, type ScheduleFault } from "./schedule.ts";
export type { EventSource, Firing, SourceState } from "./source.ts";
export {
  keepPushing,
  pushDue,
  triggerIdOf,
  type StandingParts,
  type StandingPush,
  type Taken,
} from "./standing.ts";
export type { HookRequest } from "./delivery.ts";
export type { HookAnswer, HookSource } from "./webhook.ts";
