/** Mails of parts, written by hand, and an archive cut into them. */
import { archiveOf, type TestArchive } from "./archives.ts";
import { mixedMail, part } from "./mime.ts";

/** Cuts it. */
export function cut(bytes: Uint8Array, partBytes: number): TestArchive[] {
  const parts: TestArchive[] = [];
  for (let at = 0; at < bytes.length; at += partBytes)
    parts.push(archiveOf(Buffer.from(bytes.subarray(at, at + partBytes))));
  return parts;
}

/** The mail of one part. */
export function partMail(bytes: Uint8Array, mediaType = "application/vnd.outrider.part"): string {
  const base64 = Buffer.from(bytes).toString("base64").replaceAll(/.{76}/g, "$&\n");
  return mixedMail(part(mediaType, base64)).replace("notification/1", "part/1");
}

/** The mail of a document. */
export function documentMail(bytes: Uint8Array, ...more: readonly string[]): string {
  const base64 = Buffer.from(bytes).toString("base64").replaceAll(/.{76}/g, "$&\n");
  return mixedMail(part("application/vnd.outrider.notification+json", base64), ...more);
}
