/** THREATS S3: a text-mode signature fits LF and CRLF, so that the bytes which verify are not the bytes that are used. */
import { expect, test } from "vitest";
import { verifySignature } from "../../src/signing/index.ts";
import { forgeArmor, forgeKey, forgeSignature } from "../support/forge.ts";
import { testKey } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";

const unix = Buffer.from('{\n  "type": "manifest/1"\n}\n');
const windows = Buffer.from(unix.toString().replaceAll("\n", "\r\n"));
const now = new Date("2026-07-01T00:00:00Z");

test("S3 text mode is refused, also over bytes that need no re-encoding", () => {
  for (const kind of ["ed25519", "ed25519-v6", "nistp256"] as const) {
    const key = forgeKey(kind);
    const armored = forgeArmor(forgeSignature(windows, key, { type: 1 }));
    for (const bytes of [windows, unix])
      expect(verdictOf(() => verifySignature(bytes, armored, [key.trusted], now))).toBe(
        "SIGNATURE_UNSUPPORTED",
      );
  }
});

test("S3 a binary signature fits one way of ending lines, and no trailing blank", async () => {
  const key = testKey("vendor", { at: now });
  const armored = await key.source.sign(unix);
  const verdict = (text: string): string =>
    verdictOf(() => verifySignature(Buffer.from(text), armored, [key.trusted], now));
  const text = unix.toString();
  expect(verdict(text)).toBe("accepted");
  for (const other of [
    text.replaceAll("\n", "\r\n"),
    text.replaceAll("\n", "\r"),
    text.trimEnd(),
    `${text}\n`,
    text.replaceAll("\n", " \n"),
    `\ufeff${text}`,
  ])
    expect(verdict(other)).toBe("SIGNATURE_INVALID");
});
