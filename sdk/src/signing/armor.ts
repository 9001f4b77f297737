/**
 * ASCII armor of signatures (RFC 9580 6): one block, nothing around it, clean base64.
 *
 * Stricter than RFC 9580 6.2: no text before or after the block and no other kind of block, so that a cleartext-signed
 * or inline-signed message is refused before anything of it is looked at (THREATS S4, S5).
 */
import { say } from "../errors/index.ts";
import type { Malformed } from "./octets.ts";
import { refuse } from "./refuse.ts";

/** Longest block, characters; as `envelope.signatures` in the schema. */
export const maxArmorLength = 16_384;

/** RFC 9580 6.2.1, 6.2.3. */
export const armorBegin = "-----BEGIN PGP SIGNATURE-----";
export const armorEnd = "-----END PGP SIGNATURE-----";

/**
 * The octets inside a signature block.
 *
 * @throws SIGNATURE_MALFORMED
 */
export function decodeArmor(armored: string): Uint8Array {
  if (armored.length > maxArmorLength) refuseArmor();
  // 6.2.1: white space may end a line; the kind of line end is the carrier's.
  const lines = armored
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd());
  if (lines.shift() !== armorBegin || lines.pop() !== armorEnd) refuseArmor();
  // 6.2.2: armor headers are unsigned and not looked at; a blank line ends them.
  while (/^\w+:/.test(lines[0] ?? "")) lines.shift();
  if (lines.shift() !== "") refuseArmor();
  // 6.1: the checksum must not be a reason to refuse, be it absent, malformed or wrong.
  if (lines.at(-1)?.startsWith("=")) lines.pop();
  return decodeBase64(lines.join(""), "SIGNATURE_MALFORMED");
}

/** Strict base64: there is one way to write these octets, and this is it. */
export function decodeBase64(text: string, code: Malformed): Uint8Array {
  const octets = Buffer.from(text, "base64");
  if (text === "" || octets.toString("base64") !== text)
    refuse(code, say("This is not clean base64."));
  return octets;
}

function refuseArmor(): never {
  const message = say(
    "This is not exactly one PGP SIGNATURE block. Make a detached, armored signature.",
  );
  return refuse("SIGNATURE_MALFORMED", message);
}
