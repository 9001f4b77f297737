import { createHash, createHmac, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { verifies } from "../../test/support/verifies.ts";
import { bindTrigger, checkBinding } from "./binding.ts";

const contents = createHash("sha512").update("outrider contents 1\n").update("hello").digest();
const unbound =
  '{"type":"trigger/1","package":{"name":"demo","binding":""},"event":{"kind":"manual"}}';

test("is the HMAC that DESIGN 4 says, step by step", () => {
  verifies("step-64-binding");
  const key = hkdfSync(
    "sha256",
    contents,
    Buffer.alloc(0),
    Buffer.from("outrider trigger binding 1"),
    32,
  );
  const expected = createHmac("sha256", new Uint8Array(key)).update(unbound).digest("hex");
  expect(bindTrigger(unbound, contents)).toBe(
    unbound.replace('"binding":""', `"binding":"${expected}"`),
  );
});

test("is frozen: another value means that every trigger in the field is refused", () => {
  expect(/[0-9a-f]{64}/.exec(bindTrigger(unbound, contents))?.[0]).toMatchInlineSnapshot(
    `"ff327dcad649222564a3bc3212c80a32b8a0228869f0d4224305274b0253bfbf"`,
  );
});

test("binding again changes nothing", () => {
  const bound = bindTrigger(unbound, contents);
  expect(bindTrigger(bound, contents)).toBe(bound);
});

test("holds for this text and these contents only", () => {
  const bound = bindTrigger(unbound, contents);
  expect(checkBinding(bound, contents)).toBe(true);
  expect(checkBinding(bound, createHash("sha512").update("other").digest())).toBe(false);
  fc.assert(
    fc.property(
      fc.nat(bound.length - 1),
      fc.constantFrom("0", "a", "f", " ", '"', "\u00e9"),
      (at, char) => {
        const changed = bound.slice(0, at) + char + bound.slice(at + 1);
        expect(checkBinding(changed, contents)).toBe(changed === bound);
      },
    ),
  );
});

test.each([
  ["no binding", '{"package":{}}'],
  ["an empty one", unbound],
  ["two of them", `${unbound}${unbound}`],
  ["white space", unbound.replace('"binding":""', `"binding": "${"0".repeat(64)}"`)],
  ["a short one", unbound.replace('"binding":""', '"binding":"00"')],
])("is false for %s", (_, text) => {
  expect(checkBinding(text, contents)).toBe(false);
});

test("a string that quotes the member is not the member", () => {
  const quoting = unbound.replace("manual", JSON.stringify('"binding":""').slice(1, -1));
  expect(checkBinding(bindTrigger(quoting, contents), contents)).toBe(true);
});

test("a trigger without place for it, or with two, is not bound", () => {
  for (const text of ["{}", unbound + unbound])
    expect(() => bindTrigger(text, contents)).toThrow(
      expect.objectContaining({ code: "BINDING_MISMATCH" }),
    );
});
