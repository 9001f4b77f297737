import fc from "fast-check";
import { expect, test } from "vitest";
import { workedMs } from "../../../../../test/support/worked.ts";
import { structured } from "./header.ts";

test.each([
  ["multipart/mixed; boundary=abc", "multipart/mixed", { boundary: "abc" }],
  ['Multipart/Mixed ; Boundary="a b\\"c" ;', "multipart/mixed", { boundary: 'a b"c' }],
  ["text/plain;charset=utf-8;format=flowed", "text/plain", { charset: "utf-8", format: "flowed" }],
  ["text/plain", "text/plain", {}],
])("reads %j", (text, value, parameters) => {
  const found = structured(text, "content-type");
  expect(found.value).toBe(value);
  expect(Object.fromEntries(found.parameters)).toEqual(parameters);
});

test.each([
  "multipart/mixed; boundary=a; boundary=b",
  "multipart/mixed; boundary=a; BOUNDARY=a",
  "multipart/mixed; boundary*=utf-8''a",
  "multipart/mixed; boundary*0=a; boundary*1=b",
  "multipart/mixed (comment); boundary=a",
  "multipart/mixed; boundary=a (comment)",
  'multipart/mixed; boundary="a',
  'multipart/mixed; boundary="a"b',
  "multipart/mixed; boundary",
  "multipart/mixed boundary=a",
  "multipart/mixed, text/plain",
  "",
])("refuses %j", (text) => {
  expect(() => structured(text, "content-type")).toThrow(
    expect.objectContaining({ code: "MESSAGE_AMBIGUOUS" }),
  );
});

test("is quick on hostile text", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(";", '"', "\\", "a", "=", " ", "\t"),
        maxLength: 5000,
        size: "max",
      }),
      (text) => {
        const startedAt = workedMs();
        try {
          structured(`text/plain${text}`, "content-type");
        } catch {
          // refused
        }
        expect(workedMs() - startedAt).toBeLessThan(100);
      },
    ),
    { numRuns: 50 },
  );
  const startedAt = workedMs();
  for (const text of [
    " ".repeat(60_000),
    ";a=b".repeat(15_000),
    `;a="${"\\a".repeat(30_000)}`,
    "; ".repeat(30_000),
  ])
    expect(() => structured(`text/plain${text}x`, "content-type")).toThrow();
  expect(workedMs() - startedAt).toBeLessThan(500);
});
