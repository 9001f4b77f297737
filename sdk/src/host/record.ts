/** What the host keeps of a release beside its archives: facts for finding it, and the manifest as it was signed. */
import { OutriderError } from "../errors/index.ts";
import type { Archive } from "../schema/index.ts";
import type { CheckedArchive } from "./check.ts";

/** A release's record. */
export interface ReleaseRecord {
  readonly name: string;
  readonly version: string;
  /** RFC 3339. */
  readonly releasedAt: string;
  /** SHA-256 of the manifest's exact text. */
  readonly manifest: string;
  readonly archives: readonly Archive[];
  /** The manifest's exact text. */
  readonly text: string;
  readonly signatures: readonly string[];
}

/** The record of a checked release. */
export function recordOf(
  { manifest: document, sealed }: Pick<CheckedArchive, "manifest" | "sealed">,
  manifest: string,
  archives: readonly Archive[],
): ReleaseRecord {
  return {
    name: document.name,
    version: document.version,
    releasedAt: document.releasedAt,
    manifest,
    archives: archives.map(({ sha256, size, base }) => ({
      sha256,
      size,
      ...(base === undefined ? {} : { base }),
    })),
    text: sealed.text,
    signatures: sealed.signatures,
  };
}

/** Reads a record that this host wrote. @throws FILE_UNREADABLE if it did not */
export function readRecord(bytes: Uint8Array, path: string): ReleaseRecord {
  try {
    const record = JSON.parse(new TextDecoder().decode(bytes)) as ReleaseRecord;
    if (typeof record.text === "string" && Array.isArray(record.archives)) return record;
    throw new TypeError("members are missing");
  } catch (cause) {
    throw new OutriderError(
      "FILE_UNREADABLE",
      `${path} is not a release's record. Publish the package again.`,
      { subject: path, cause },
    );
  }
}
