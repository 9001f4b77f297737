import { expect, test } from "vitest";
import { forgeArmor, forgeKey, forgeSignature } from "../../test/support/forge.ts";
import { joinSignatures, splitSignatures } from "./blocks.ts";
import { verifySignatures } from "./verify.ts";

const bytes = Buffer.from("content");
const keys = [forgeKey("ed25519"), forgeKey("ed25519-v6"), forgeKey("nistp256")];
const blocks = keys.map((key) => forgeArmor(forgeSignature(bytes, key)));
const trusted = keys.map((key) => key.trusted);
const now = new Date("2026-07-01T00:00:00Z");

test("several blocks become one, and come apart again", () => {
  const joined = joinSignatures(blocks);
  expect(joined.match(/BEGIN/g)).toHaveLength(1);
  for (const signatures of [[joined], splitSignatures(joined)])
    expect(verifySignatures(bytes, signatures, trusted, now).map(({ ok }) => ok)).toEqual([
      true,
      true,
      true,
    ]);
  expect(splitSignatures(joined)).toHaveLength(3);
});

test("a signature that is there already is not added again", () => {
  const joined = joinSignatures([...blocks, blocks[1]!]);
  expect(joinSignatures([joined, blocks[0]!])).toBe(joined);
});

test("no more than 16, and nothing that is no signature", () => {
  const many = Array.from({ length: 17 }, (_, number) =>
    forgeArmor(forgeSignature(Buffer.of(number), keys[0]!)),
  );
  expect(splitSignatures(joinSignatures(many.slice(1)))).toHaveLength(16);
  expect(() => joinSignatures(many)).toThrow(
    expect.objectContaining({ code: "SIGNATURE_TOO_MANY" }),
  );
  expect(() => joinSignatures([])).toThrow(expect.objectContaining({ code: "SIGNATURE_MISSING" }));
  expect(() => joinSignatures(["rubbish"])).toThrow(
    expect.objectContaining({ code: "SIGNATURE_MALFORMED" }),
  );
});
