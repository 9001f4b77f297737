/**
 * What is in a package, for people: sizes as they are on a machine and as they travel, per variant, and which variant a
 * machine would take. It says what the archive says and believes nothing of it; `verify` is what judges.
 */
import { createHash } from "node:crypto";
import { isOutriderError } from "../errors/index.ts";
import {
  readDocumentText,
  validateManifest,
  type Condition,
  type Manifest,
} from "../schema/index.ts";
import { matchArchive, type Encoding, type MatchedEntry } from "./archive/match.ts";
import type { OpenArchive } from "./archive/open.ts";
import { targetOf } from "./manifest.ts";
import { chooseVariant, type MachineFacts } from "./variants.ts";

/** What a package holds. Sizes are bytes. */
export interface PackageInspection {
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  readonly archive: {
    readonly sha256: string;
    readonly size: number;
    /** SHA-256 of the manifest that must be installed, for a patch. */
    readonly base?: string;
  };
  /** Armored blocks, unverified; none before it was signed. */
  readonly signatures: readonly string[];
  /** Over all variants. */
  readonly total: SizeSummary;
  /** One per variant; a single one without a name where all machines get the same files. */
  readonly shapes: readonly ShapeSummary[];
  /** In archive order. */
  readonly files: readonly FileSummary[];
  /** What the machine asked about would take. */
  readonly choice?: { readonly variant?: string; readonly trace: readonly string[] };
}

/** How much. */
export interface SizeSummary {
  readonly files: number;
  /** On the machine. */
  readonly size: number;
  /** In the archive. */
  readonly stored: number;
}

/** What one kind of machine gets: the files for all and those of its variant. */
export interface ShapeSummary extends SizeSummary {
  readonly variant?: string;
  readonly when?: Condition;
}

/** One file. */
export interface FileSummary {
  readonly path: string;
  readonly target: string;
  readonly variant?: string;
  readonly mode: string;
  readonly size: number;
  readonly stored: number;
  readonly encoding: Encoding;
  readonly sha256: string;
}

/**
 * Looks at every entry's record; decodes nothing.
 *
 * @param machine whose choice is wanted.
 * @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_PATH, PACKAGE_ENCODING, DOCUMENT_INVALID and the codes of
 * parseJson
 */
export async function inspectPackage(
  archive: OpenArchive,
  machine?: MachineFacts,
): Promise<PackageInspection> {
  const { sha256, size, head } = archive;
  const { manifestBytes, manifestText, signatures } = head;
  const { base } = head.index;
  const manifest = readDocumentText(
    manifestText,
    validateManifest,
    `${archive.path}!/manifest.json`,
  );
  const entries = await matchArchive(archive, { document: manifest, bytes: manifestBytes });
  return {
    manifest,
    manifestSha256: createHash("sha256").update(manifestBytes).digest("hex"),
    archive: { sha256, size, ...(base === undefined ? {} : { base }) },
    signatures,
    total: summarize(entries),
    shapes: shapesOf(manifest, entries),
    files: entries.map(describe),
    ...(machine === undefined ? {} : { choice: choose(manifest, machine) }),
  };
}

function shapesOf(manifest: Manifest, entries: readonly MatchedEntry[]): ShapeSummary[] {
  if (manifest.variants === undefined) return [summarize(entries)];
  return manifest.variants.map(({ name, when }) => ({
    variant: name,
    when,
    ...summarize(entries.filter(({ file }) => file.variant === undefined || file.variant === name)),
  }));
}

function summarize(entries: readonly MatchedEntry[]): SizeSummary {
  let [size, stored] = [0, 0];
  for (const entry of entries) {
    size += entry.file.size;
    stored += entry.stored?.length ?? 0;
  }
  return { files: entries.length, size, stored };
}

function describe({ file, encoding, stored }: MatchedEntry): FileSummary {
  const { path, mode, size, sha256, variant } = file;
  return {
    path,
    target: targetOf(file),
    ...(variant === undefined ? {} : { variant }),
    mode,
    size,
    stored: stored?.length ?? 0,
    encoding,
    sha256,
  };
}

/** That nothing fits is an answer here, not a failure. */
function choose(
  manifest: Manifest,
  machine: MachineFacts,
): { variant?: string; trace: readonly string[] } {
  try {
    const { variant, trace } = chooseVariant(manifest, machine);
    return { ...(variant === undefined ? {} : { variant }), trace };
  } catch (error) {
    if (isOutriderError(error) && error.code === "VARIANT_NONE") return { trace: [error.message] };
    throw error;
  }
}
