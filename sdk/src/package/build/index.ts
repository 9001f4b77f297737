/** Row 1: making packages, for people and build machines; an agent never loads it. */
export { buildPackage, type BuildOptions, type BuiltPackage } from "./build.ts";
export { planPackage, type PlannedFile } from "./plan.ts";
export { sealPackage, type SealedPackage, type SealOptions } from "./seal.ts";
export { readSourceManifest } from "./source.ts";
export type { WrittenArchive } from "./write-archive.ts";
