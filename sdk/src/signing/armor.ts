/**
 * ASCII armor of signatures (RFC 9580 6): one block, nothing around it, canonical base64.
 *
 * Stricter than RFC 9580 6.2: no text before or after the block, no other kind of block, so that a cleartext-signed
 * or inline-signed message is refused before anything of it is looked at (THREATS S4, S5).
 */
import { OutriderError } from "../errors/index.ts";

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
  if (armored.length > maxArmorLength) refuse(`is longer than ${maxArmorLength} characters`);
  // 6.2.1: white space may follow the header and tail lines; line ends are those of the carrier.
  const lines = armored
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd());
  if (lines.shift() !== armorBegin || lines.pop() !== armorEnd)
    refuse("is not exactly one PGP SIGNATURE block");
  // 6.2.2: armor headers are nobody's promise; they end at the blank line and are not looked at.
  while (/^[A-Za-z]+: /.test(lines[0] ?? "") || /^[A-Za-z]+:$/.test(lines[0] ?? "")) lines.shift();
  if (lines.shift() !== "") refuse("lacks the blank line before its base64");
  // 6.1: the checksum must not be a reason to refuse, be it absent, malformed or wrong.
  if (lines.at(-1)?.startsWith("=")) lines.pop();
  return decodeBase64(lines.join(""));
}

/** Strict base64: the one way to write these octets, or a refusal. */
export function decodeBase64(
  text: string,
  code: "SIGNATURE_MALFORMED" | "KEY_REFUSED" = "SIGNATURE_MALFORMED",
): Uint8Array {
  const octets = Buffer.from(text, "base64");
  if (text === "" || octets.toString("base64") !== text)
    throw new OutriderError(code, "The OpenPGP data is not clean base64.");
  return octets;
}

function refuse(reason: string): never {
  throw new OutriderError(
    "SIGNATURE_MALFORMED",
    `The signature ${reason}. Make a detached, armored signature of the file.`,
  );
}
