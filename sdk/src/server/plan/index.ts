/**
 * What a push would do, before anybody orders it: the plan, its picture, and a simulation of it. Pure, and free of
 * Node.js, so that an editor in a browser shows what the server will do.
 */
export { draftInSlices, draftPlan, type DraftPlan, type PlanInput } from "../drafting/draft.ts";
export type { DraftJob } from "../drafting/jobs.ts";
export type { Pace, Rate } from "../limits/pace.ts";
export { mailProviders, type MailProvider } from "../carriage/profiles.ts";
export { rosterOf } from "../audience/packed.ts";
export type { Roster } from "../audience/roster.ts";
export { timelineOf, type TimelineRow } from "../drafting/timeline.ts";
export type { TransportProfile } from "../carriage/transports.ts";
export { imaginedRoster, type ImaginedAudience } from "./imagined.ts";
export {
  ordinaryBehaviour,
  ordinaryCapacity,
  type Behaviour,
  type Capacity,
  type Operator,
} from "./simulation/behaviour.ts";
export type {
  Curve,
  PartFound,
  PauseFound,
  SimulationResult,
  TimesTo,
} from "./simulation/findings.ts";
export type { Points } from "./simulation/series.ts";
export { sampledTransport, simulate, type SimulationInput } from "./simulation/simulate.ts";
export { drawSimulation } from "./picture/curves.ts";
export type { PictureWords } from "./picture/spoken.ts";
export { paintNames, type PaintName } from "./picture/svg.ts";
export { drawTimeline } from "./picture/timeline.ts";
export { formatDuration, formatNumber, formatQuantity } from "./picture/words.ts";
