/** Row 3: what the server needs of a store, and what every store keeps (DESIGN 6). */
export {
  addedTo,
  againKey,
  allowedOf,
  type AskedParts,
  type Errand,
  type PartsRequest,
} from "./errands.ts";
export type { BucketStore, Drawn, Fill } from "./buckets.ts";
export {
  announcementOf,
  eventRules,
  type Announcement,
  type EventRule,
  type RowMove,
  type RowMoves,
  type WaveChange,
} from "./events.ts";
export {
  afterBounce,
  movesOf,
  openingOf,
  toldBy,
  verdictOn,
  type PlannedMove,
} from "./settlement.ts";
export { ownReasons, readReason, sayReason } from "./reasons.ts";
export { countsOf, ledgerStates, type RowChoice } from "./states.ts";
export { standingOf, type WaveStanding } from "./standing.ts";
export type { EventFeed, FedEvent } from "./feed.ts";
export { localFeed } from "./local-feed.ts";
export type * from "./records.ts";
export type * from "./store.ts";
export { eventStream, type EventStream } from "./stream.ts";
