/**
 * An archive in numbered parts: its bytes cut into pieces of one length, the last shorter, each known by its SHA-256.
 * The notification lists the digests, so an agent believes the list that was signed and nothing that a part's mail
 * says.
 */
import { createHash } from "node:crypto";
import type { FileSystem } from "../../ports/index.ts";
import type { Source } from "../../schema/index.ts";
import type { PartDelivery } from "../../transport/index.ts";
import type { HostedArchive } from "../publishing/packages.ts";

/** A source that lists the parts. */
export type EmailSource = Extract<Source, { readonly kind: "email" }>;

const bufferBytes = 1024 * 1024;

/** Lists the parts of an archive. Reads it once. */
export async function listParts(
  archive: HostedArchive,
  partBytes: number,
  fileSystem: FileSystem,
): Promise<EmailSource> {
  const parts: string[] = [];
  const file = await fileSystem.open(archive.path, "read");
  try {
    const buffer = Buffer.allocUnsafe(Math.min(bufferBytes, partBytes));
    for (let start = 0; start < archive.size; start += partBytes) {
      const hash = createHash("sha256");
      const end = Math.min(start + partBytes, archive.size);
      for (let at = start; at < end;) {
        const count = await file.read(buffer.subarray(0, Math.min(buffer.length, end - at)), at);
        if (count === 0) throw new TypeError(`the host's archive ${archive.sha256} is cut off`);
        hash.update(buffer.subarray(0, count));
        at += count;
      }
      parts.push(hash.digest("hex"));
    }
  } finally {
    await file.close();
  }
  return { kind: "email", archive: archive.sha256, partBytes, parts };
}

/** What is sent of the archive as the part of this number, from 1. */
export function partOf(
  { archive: sha256, partBytes, parts }: EmailSource,
  { path, size }: Pick<HostedArchive, "path" | "size">,
  number: number,
): Pick<PartDelivery, "archive" | "number" | "count" | "offset" | "bytes"> {
  const offset = (number - 1) * partBytes;
  const bytes = Math.min(partBytes, size - offset);
  return { archive: { path, sha256 }, number, count: parts.length, offset, bytes };
}

/** The source that lists the parts, where a notification has one. */
export function emailSourceOf(sources: readonly Source[]): EmailSource | undefined {
  return sources.find((source) => source.kind === "email");
}
