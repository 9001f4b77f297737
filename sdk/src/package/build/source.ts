/** Reads `outrider.json`, the package as its makers write it. */
import { OutriderError } from "../../errors/index.ts";
import {
  readDocumentText,
  validateSourceManifest,
  type SourceManifest,
} from "../../schema/index.ts";
import { isVersionRange } from "../version-range.ts";

/**
 * Reads and checks the text of a source manifest.
 *
 * @param subject the file, for messages.
 * @throws DOCUMENT_INVALID, PACKAGE_SOURCE and the codes of parseJson
 */
export function readSourceManifest(text: string, subject: string): SourceManifest {
  const source = readDocumentText(text, validateSourceManifest, subject);
  const names = new Set<string>();
  for (const { name, when } of source.variants ?? []) {
    if (names.has(name)) throw refuse(subject, `two variants have the name ${name}; rename one`);
    names.add(name);
    checkRange(subject, `variant ${name}`, when.installed);
  }
  for (const [name, range] of Object.entries(source.requires ?? {}))
    checkRange(subject, `requires ${name}`, range);
  return source;
}

function checkRange(subject: string, where: string, range: string | undefined): void {
  if (range !== undefined && !isVersionRange(range))
    throw refuse(
      subject,
      `${where}: ${JSON.stringify(range)} is not a range of versions such as ^2.1.0`,
    );
}

function refuse(subject: string, what: string): OutriderError {
  return new OutriderError("PACKAGE_SOURCE", `${subject}: ${what}.`, { subject });
}
