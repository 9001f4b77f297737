/**
 * What the format holds. ZIP without ZIP64 ends at 4 GiB and 65,535 entries (APPNOTE 4.4.1.4); the schemas end at
 * 65,000 files, so that the head fits beside them. Past either, `outrider build` refuses.
 */

/** Entries before the files: `manifest.json`, `manifest.json.asc`, `archive.json`. */
export const headNames = ["manifest.json", "manifest.json.asc", "archive.json"] as const;

/** Files in one package, as in `manifest.schema.json`. */
export const maxFiles = 65_000;

/** Bytes of one archive: every offset is a 32-bit number, and all ones means ZIP64. */
export const maxArchiveBytes = 0xffff_fffe;

/** Bytes of `manifest.json` (DESIGN 5). */
export const maxManifestBytes: number = 32 * 1024 * 1024;

/** Signatures of one manifest (DESIGN 4). */
export const maxSignatures = 16;

/** Bytes of `manifest.json.asc`: each signature has at most 16 KiB. */
export const maxSignatureBytes: number = maxSignatures * 16 * 1024;

/** Bytes of `archive.json`: 65,000 entries with their longest paths, escaped. */
export const maxIndexBytes: number = 64 * 1024 * 1024;

/**
 * Up to here a file is read, decoded and written whole; a stream for each small entry costs more than the work itself.
 */
export const wholeFileBytes: number = 1024 * 1024;

/** Bytes per read of what is streamed. */
export const chunkBytes: number = 1024 * 1024;

/**
 * Bytes of a file that is carried as a patch, and of its base. An agent holds the base twice, or the base, the file and
 * the patch: at most 200 MB beside the base (docs/adr/0015).
 */
export const maxPatchFileBytes: number = 128 * 1024 * 1024;

/** Stored bytes of one patched file. */
export const maxPatchBytes: number = 16 * 1024 * 1024;

/** zstd's window, as a power of two, that a reader must hold: 8 MiB, what level 19 asks for. */
export const maxWindowLog = 23;
