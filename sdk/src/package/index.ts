/**
 * Row 1: opening a package, as agents, servers and people do. It reaches node:crypto and node:zlib only; what builds
 * packages is `package/build`.
 */
export {
  openArchive,
  openUnpinnedArchive,
  readArchiveHead,
  type OpenArchive,
  type OpenOptions,
} from "./archive/open.ts";
export { archivedBase } from "./base/archived.ts";
export { zstdHasDictionaries } from "./base/dictionary.ts";
export { installedBase, type InstalledBase, type InstalledPlace } from "./base/installed.ts";
export type { BaseRelease } from "./base/release.ts";
export { extractArchive, type ExtractedPackage, type ExtractOptions } from "./archive/extract.ts";
export { matchArchive, type MatchedEntry } from "./archive/match.ts";
export type { ArchiveHead } from "./archive/head.ts";
export { bindTrigger, checkBinding } from "./binding.ts";
export { fileError } from "./file-error.ts";
export { checkContents, contentsSha512, type ContentsOptions } from "./contents.ts";
export { archivesAmong, type ArchiveNames } from "./folder.ts";
export {
  inspectPackage,
  type FileSummary,
  type PackageInspection,
  type ShapeSummary,
  type SizeSummary,
} from "./inspect.ts";
export { thisMachine } from "./machine.ts";
export { checkManifest, filesOf, targetOf, type SignedManifest } from "./manifest.ts";
export { pathKey, pathProblem } from "./path.ts";
export { chooseVariant, type MachineFacts, type VariantChoice } from "./variants.ts";
export { compareVersions, isVersion } from "./version.ts";
export { isInRange, isVersionRange } from "./version-range.ts";
