/** Row 5: what people should hear about the files they write, beyond the schemas. */
export { findBuilt, readBuilt, type BuiltPackage } from "./built/find.ts";
export { findPublished, type PublishedRelease } from "./built/published.ts";
export { signingState, type SigningState } from "./built/signers.ts";
export { firstDifference } from "./built/stale.ts";
export {
  draftManifest,
  faultAt,
  installStrategies,
  packageKinds,
  packageNameOf,
  type DraftAnswers,
} from "./draft.ts";
export { examineAuthored } from "./examine.ts";
export { filesOfSet, type Folder } from "./package/file-sets.ts";
export { nextFirings, schedulesOf, type PlacedSchedule } from "./push/events.ts";
export type { Change, Remark, Repair } from "./remark.ts";
export {
  findSurroundings,
  type Neighbour,
  type Surroundings,
  type SurroundingsOptions,
} from "./surroundings.ts";
