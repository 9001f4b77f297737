import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAddress } from "./mail-address.ts";

test.each([
  ["till.7+updates@shop.example.com", "till.7+updates@shop.example.com"],
  ["Agent@Site.TEST", "Agent@site.test"],
  ["a@localhost", "a@localhost"],
  ["a@xn--jgeva-dua.ee", "a@xn--jgeva-dua.ee"],
  [`${"a".repeat(64)}@b.example`, `${"a".repeat(64)}@b.example`],
])("takes %j", (text, expected) => {
  expect(parseAddress(text).text).toBe(expected);
});

test.each([
  "",
  "a",
  "@b.example",
  "a@",
  ".a@b.example",
  "a.@b.example",
  "a..b@c.example",
  "a@b..example",
  "a@.example",
  "a@b.example.",
  "a@-b.example",
  "a@b-.example",
  "a@b_c.example",
  "a@1.2",
  "a@127.0.0.1",
  "a@0x7f.1",
  "a@[127.0.0.1]",
  "a@bücher.example",
  "é@b.example",
  `${"a".repeat(65)}@b.example`,
  `a@${"b".repeat(64)}.example`,
  `a@${"b.".repeat(126)}example`,
])("refuses %j", (text) => {
  expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: "ADDRESS_INVALID" }));
});

test("254 characters are taken, and no more", () => {
  const text = `a@${"b.".repeat(122)}example`;
  expect(parseAddress(text.padStart(254, "a")).text).toHaveLength(254);
  expect(() => parseAddress(text.padStart(255, "a"))).toThrow(/longer than 254/);
});

test("whatever is taken is plain, and is taken again as it is", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: "binary" }).map((text) => `a@${text}`),
      ),
      (text) => {
        let address: string;
        try {
          address = parseAddress(text).text;
        } catch {
          return;
        }
        expect(address).toMatch(/^[!-~]+$/);
        expect(address).not.toMatch(/[\s<>()[\]\\,;:"]/);
        expect(parseAddress(address).text).toBe(address);
      },
    ),
    { numRuns: 300 },
  );
});
