/**
 * Holds the verifier against OpenPGP.js: the same signatures by every kind of key with every hash, and the same verdict
 * but for what `twists.ts` lists. Then the same signatures again, with some of their octets changed.
 */
import fc from "fast-check";
import type { Key } from "openpgp";
import { beforeAll, expect, test } from "vitest";
import { forgeCertificate } from "../../test/support/forge-certificate.ts";
import {
  forgeArmor,
  forgeKey,
  forgeSignature,
  type ForgedKey,
  type ForgedKind,
} from "../../test/support/forge.ts";
import { openpgpjsAccepts, openpgpjsKey } from "../../test/support/openpgpjs.ts";
import { isListed, twists } from "../../test/support/twists.ts";
import { verifySignatures } from "./verify.ts";

const kinds: readonly ForgedKind[] = [
  "ed25519",
  "ed25519-27",
  "ed25519-v6",
  "nistp256",
  "nistp256-v6",
  "nistp384",
  "rsa3072",
];
const hashes = [8, 9, 10];
const now = new Date("2026-07-01T12:00:00Z");
const made = new Date("2026-07-01T11:00:00Z");
const createdAt = new Date("2026-06-01T00:00:00Z");

const keys = new Map<ForgedKind, readonly [ForgedKey, Key]>();

beforeAll(async () => {
  for (const kind of kinds) {
    const key = forgeKey(kind, { createdAt });
    const armoredKey = forgeCertificate(key, { madeAt: createdAt });
    keys.set(kind, [key, await openpgpjsKey(armoredKey)]);
  }
});

function ourVerdict(bytes: Uint8Array, armored: string, key: ForgedKey): boolean {
  const [verdict, ...more] = verifySignatures(bytes, [armored], [key.trusted], now);
  return more.length === 0 && verdict?.ok === true;
}

test.for(kinds)(
  "every twist with every hash has the verdicts that are listed: %s",
  async (kind) => {
    const content = Buffer.from("the content\r\n");
    const [key, certificate] = keys.get(kind)!;
    const surprises: string[] = [];
    for (const twist of twists) {
      for (const hash of hashes) {
        const twisted = twist.make(content, key, made, hash);
        const ours = ourVerdict(twisted.content, twisted.armored, key);
        const theirs = await openpgpjsAccepts(twisted.content, twisted.armored, certificate, now);
        const name = `${twist.name}, hash ${hash}`;
        if (ours !== isListed(twist, "outrider", key, hash)) surprises.push(`we ${ours}: ${name}`);
        if (theirs !== isListed(twist, "openpgpjs", key, hash))
          surprises.push(`OpenPGP.js ${theirs}: ${name}`);
      }
    }
    expect(surprises).toEqual([]);
  },
);

test("changed octets: we accept only what changed nothing, and never more than OpenPGP.js", async () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    by: fc.integer({ min: 1, max: 255 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...kinds),
      fc.constantFrom(...hashes),
      fc.uint8Array({ maxLength: 64 }),
      fc.array(change, { maxLength: 2 }),
      fc.array(change, { maxLength: 1 }),
      async (kind, hash, content, inPacket, inContent) => {
        const [key, certificate] = keys.get(kind)!;
        const body = forgeSignature(content, key, { createdAt: made, hash });
        const changedBody = apply(body, inPacket);
        const changedContent = apply(Buffer.from(content), inContent);
        const armored = forgeArmor(changedBody);
        const ours = ourVerdict(changedContent, armored, key);
        // Without unhashed subpackets there is no octet that does not matter.
        const isSame = changedBody.equals(body) && changedContent.equals(Buffer.from(content));
        expect(ours).toBe(isSame);
        if (ours)
          expect(await openpgpjsAccepts(changedContent, armored, certificate, now)).toBe(true);
      },
    ),
    { numRuns: 1500 },
  );
});

function apply(
  octets: Buffer,
  changes: readonly { readonly at: number; readonly by: number }[],
): Buffer {
  const copy = Buffer.from(octets);
  for (const { at, by } of changes) {
    const index = Math.floor(at * copy.length);
    if (copy.length > 0) copy[index] = (copy[index] ?? 0) ^ by;
  }
  return copy;
}
