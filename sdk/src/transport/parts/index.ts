/** Row 3: archives that come in parts, between whatever hears a part and whoever puts the archive together. */
export { PartSpool, type PartSink, type PartSpoolOptions } from "./part-spool.ts";
export type { ArchiveParts, Asked, Want } from "./want.ts";
