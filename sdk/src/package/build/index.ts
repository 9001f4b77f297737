/** Row 1: making packages, for people and build machines; an agent never loads it. */
export { buildPackage, type BuildOptions, type BuiltPackage } from "./build.ts";
export type { BuiltPatch } from "./archives.ts";
export { toManifest } from "./manifest-text.ts";
export { planPackage, type PlannedFile } from "./plan.ts";
export { sealPackage, type SealedPackage, type SealedPatch, type SealOptions } from "./seal.ts";
export { readSourceManifest } from "./source.ts";
export type { WrittenArchive } from "./write-archive.ts";
