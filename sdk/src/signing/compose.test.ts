import { expect, test } from "vitest";
import { composeSignature, encodeArmor, encodeInteger } from "./compose.ts";

const createdAt = new Date("2026-01-01T00:00:00.999Z");

function written(armored: string): string {
  return Buffer.from(armored.split("\n").slice(2, -3).join(""), "base64").toString("hex");
}

test("an armor has lines of 64 and the checksum of RFC 9580 6.1.1", () => {
  // CRC-24 of "123456789" is 0x21CF02, as every catalogue of checksums has it.
  expect(encodeArmor(Buffer.from("123456789"))).toBe(
    "-----BEGIN PGP SIGNATURE-----\n\nMTIzNDU2Nzg5\n=Ic8C\n-----END PGP SIGNATURE-----\n",
  );
  const lines = encodeArmor(Buffer.alloc(100, 255)).split("\n").slice(2, -3);
  expect(lines.map(({ length }) => length)).toEqual([64, 64, 8]);
  expect(encodeArmor(Buffer.alloc(49)).split("\n")[3]).toBe("AA==");
});

test("version 4: key id beside the fingerprint, no salt", () => {
  const fingerprint = "00112233445566778899AABBCCDDEEFF01234567";
  const unsigned = composeSignature(Buffer.from("x"), { fingerprint, algorithm: 22 }, createdAt);
  const packet = written(unsigned.finish(Buffer.from("fe", "hex")));
  const body = [
    "0400160a",
    "001d",
    "05826955b900",
    "162104",
    fingerprint.toLowerCase(),
    "000a",
    "0910",
    "ccddeeff01234567",
    unsigned.digest.subarray(0, 2).toString("hex"),
    "fe",
  ].join("");
  expect(packet).toBe(`c2ff${(body.length / 2).toString(16).padStart(8, "0")}${body}`);
});

test("version 6: wide counts, a salt that is new each time, no key id", () => {
  const signer = { fingerprint: "AB".repeat(32), algorithm: 27 };
  const packets = [1, 2].map(() =>
    written(composeSignature(Buffer.from("x"), signer, createdAt).finish(Buffer.alloc(0))),
  );
  for (const packet of packets)
    expect(packet).toMatch(
      /^c2ff0000005806001b0a0000002905826955b900222106(ab){32}00000000[0-9a-f]{4}20[0-9a-f]{64}$/,
    );
  expect(packets[0]).not.toBe(packets[1]);
});

test("integers have no leading zeros (RFC 9580 3.2)", () => {
  const hex = (octets: string): string => encodeInteger(Buffer.from(octets, "hex")).toString("hex");
  expect([hex(""), hex("0000"), hex("0001"), hex("80"), hex("01ff")]).toEqual([
    "0000",
    "0000",
    "000101",
    "000880",
    "000901ff",
  ]);
});
