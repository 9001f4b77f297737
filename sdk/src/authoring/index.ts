/** Row 5: what people should hear about the files they write, beyond the schemas. */
export { examineAuthored } from "./examine.ts";
export { filesOfSet, type Folder } from "./package/file-sets.ts";
export { nextFirings, schedulesOf, type PlacedSchedule } from "./push/events.ts";
export { inEnglish, say, type Change, type Remark, type Repair, type Sentence } from "./remark.ts";
export {
  findSurroundings,
  type Neighbour,
  type Surroundings,
  type SurroundingsOptions,
} from "./surroundings.ts";
