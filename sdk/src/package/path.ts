/**
 * Which paths may be in a package: those that name the same file on Linux, macOS and Windows, and nothing else.
 *
 * - relative, forward slashes, no empty, `.` or `..` part (the schema's grammar, checked again here)
 * - normalised (NFC), well-formed, no control, bidirectional or invisible character (variation selectors among them)
 * - no part that Windows reads as a device, a stream or a shorter name (`CON`, `a.txt:evil`, `a.`)
 *
 * Source: THREATS 1.3 (P1, P4), E3; Microsoft's "Naming Files, Paths, and Namespaces".
 */
import { OutriderError, say, type Sentence } from "../errors/index.ts";
import { invisibleIn } from "../schema/index.ts";

const maxPathCharacters = 1024;
const maxPartBytes = 255;
const maxParts = 64;
const encoder = new TextEncoder();

// oxlint-disable-next-line no-control-regex -- refusing them is the point
const forbiddenCharacter = /[\u0000-\u001f\u007f-\u009f\\:*?"<>|]/;
const plainAscii = /^[ -~]*$/;
const device = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)/i;

/**
 * Why this path may not be in a package, as the rest of a sentence that begins with the path; `undefined` if it may.
 */
export function pathProblem(path: string): Sentence | undefined {
  if (path.length === 0) return say("is empty");
  if (path.length > maxPathCharacters)
    return say("is longer than {0} characters", maxPathCharacters);
  const character =
    forbiddenCharacter.exec(path)?.[0] ?? (plainAscii.test(path) ? undefined : invisibleIn(path));
  if (character !== undefined) return say("has the character {0}", codePoint(character));
  if (path !== path.normalize("NFC")) return say("is not in Unicode's normal form C");
  const parts = path.split("/");
  if (parts.length > maxParts) return say("is more than {0} folders deep", maxParts);
  for (const part of parts) {
    const problem = partProblem(part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** @throws PACKAGE_PATH where {@link pathProblem} finds one; `subject` is the file that names the path. */
export function checkPath(path: string, subject: string): void {
  const problem = pathProblem(path);
  if (problem !== undefined)
    throw new OutriderError(
      "PACKAGE_PATH",
      say("{0}: the path {1} {2}; rename the file.", subject, JSON.stringify(path), problem),
      {
        subject,
      },
    );
}

/**
 * Two paths with the same key are one file somewhere: letter case and normal form do not tell them apart. Upper case
 * last, because NTFS compares so and lower case depends on where a letter stands.
 */
export function pathKey(path: string): string {
  if (plainAscii.test(path)) return path.toUpperCase();
  return path.normalize("NFD").toLowerCase().toUpperCase().normalize("NFD");
}

function partProblem(part: string): Sentence | undefined {
  if (part === "") return say("has an empty part, or begins or ends with a slash");
  if (part === "." || part === "..") return say("has the part {0}", part);
  if (part.endsWith(".") || part.endsWith(" ") || part.startsWith(" "))
    return say("has the part {0}, which Windows would rename", JSON.stringify(part));
  if (device.test(part))
    return say("has the part {0}, which is a device on Windows", JSON.stringify(part));
  if (encoder.encode(part).length > maxPartBytes)
    return say("has a part longer than {0} bytes", maxPartBytes);
  return undefined;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
