import { expect, test } from "vitest";
import { decodeArmor, decodeBase64, maxArmorLength } from "./armor.ts";
import { encodeArmor } from "./compose.ts";

const octets = Buffer.from("any octets will do here, they are not looked at: \u{1f40e}");
const base64 = octets.toString("base64");
const begin = "-----BEGIN PGP SIGNATURE-----";
const end = "-----END PGP SIGNATURE-----";
const block = (...lines: readonly string[]): string => [begin, ...lines, end, ""].join("\n");
const malformed = expect.objectContaining({ code: "SIGNATURE_MALFORMED" });

test("what was encoded is decoded", () => {
  for (const length of [1, 2, 3, 47, 48, 49, 1000]) {
    const bytes = Buffer.alloc(length, length);
    expect(Buffer.from(decodeArmor(encodeArmor(bytes)))).toEqual(bytes);
  }
});

test.for<[string, string]>([
  ["no headers and no checksum", block("", base64)],
  ["headers", block("Version: Any 1.0", "Comment: x: y", "Comment:", "", base64)],
  ["a checksum that is right", encodeArmor(octets)],
  ["a checksum that is wrong (RFC 9580 6.1)", block("", base64, "=AAAA")],
  ["a checksum that is none", block("", base64, "=")],
  ["lines of any length", block("", ...(base64.match(/.{1,7}/g) ?? []))],
  ["empty lines among the base64", block("", base64.slice(0, 20), "", base64.slice(20))],
  ["CR LF", block("", base64).replaceAll("\n", "\r\n")],
  ["blanks at the ends of lines, and empty lines at the end", `${block(" ", `${base64}\t`)}\n \n`],
])("accepted: %s", ([, armored]) => {
  expect(Buffer.from(decodeArmor(armored))).toEqual(octets);
});

test.for<[string, string]>([
  ["nothing", ""],
  ["rubbish", "rubbish"],
  ["bare base64", base64],
  ["text before", `hello\n${block("", base64)}`],
  ["an empty line before", `\n${block("", base64)}`],
  ["a byte order mark before", `\ufeff${block("", base64)}`],
  ["text after", `${block("", base64)}hello`],
  ["two blocks", block("", base64) + block("", base64)],
  ["no tail", [begin, "", base64].join("\n")],
  ["no head", ["", base64, end].join("\n")],
  ["another kind", block("", base64).replaceAll("SIGNATURE", "MESSAGE")],
  ["no blank line", block(base64)],
  ["no base64", block("")],
  ["a line that is no header", block("what is this", "", base64)],
  ["a header after the base64", block("", base64, "Comment: x")],
  ["blanks inside a line", block("", `${base64.slice(0, 20)} ${base64.slice(20)}`)],
  ["two checksums", block("", base64, "=AAAA", "=AAAA")],
  ["base64url", block("", base64.replaceAll("+", "-").replaceAll("/", "_"), "QQ-_")],
  ["padding in the middle", block("", `${base64.slice(0, 3)}=${base64.slice(3)}`)],
  ["bits that nobody needs", block("", "QR==")],
  ["missing padding", block("", "QQ")],
  ["a cleartext message", `-----BEGIN PGP SIGNED MESSAGE-----\n\nhello\n${block("", base64)}`],
  ["more than is ever needed", block("", "A".repeat(maxArmorLength))],
])("refused: %s", ([, armored]) => {
  expect(() => decodeArmor(armored)).toThrow(malformed);
});

test("a refusal of base64 is called as its owner wants", () => {
  expect(() => decodeBase64("*", "KEY_REFUSED")).toThrow(
    expect.objectContaining({ code: "KEY_REFUSED" }),
  );
});
