/** Lots are HMAC-SHA-256, whatever the key and the name; held against node:crypto. */
import { createHmac } from "node:crypto";
import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { lots } from "./draw.ts";

const theirs = (key: string, name: string): number =>
  createHmac("sha256", key).update(name).digest().readUInt32BE(0);

test("every length of name around the blocks, and keys shorter and longer than one", () => {
  for (const key of ["", "d", "k".repeat(63), "k".repeat(64), "k".repeat(65), "k".repeat(200)]) {
    const lotOf = lots(key);
    for (let length = 0; length < 200; length++)
      expect(lotOf("n".repeat(length))).toBe(theirs(key, "n".repeat(length)));
  }
});

test("the lots of any texts are those of node:crypto", () => {
  const text = string({ unit: "grapheme", maxLength: 300 });
  assert(
    property(text, text, (key, name) => {
      expect(lots(key)(name)).toBe(theirs(key, name));
    }),
    { numRuns: 500 },
  );
});
