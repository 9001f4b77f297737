/** A server's own reasons are told from a person's words, whatever stands in their values. */
import { expect, test } from "vitest";
import { ownReasons, readReason, sayReason } from "./reasons.ts";

test("each is read as what it was, with its values", () => {
  for (const name of Object.keys(ownReasons) as (keyof typeof ownReasons)[]) {
    const values = [...ownReasons[name].matchAll(/\{\d\}/g)].map((_, at) => `v.${at}`);
    expect(readReason(sayReason(name, ...values))).toEqual({ sentence: ownReasons[name], values });
  }
});

test("a wave may be called as it likes", () => {
  const name = "a: 1 failed (.*)";
  expect(readReason(sayReason("tooManyFailed", name, 1, 0, 2, 0))?.values[0]).toBe(name);
});

test.each([
  "",
  "As agreed",
  "every wave is done, at last",
  "wave hello",
  "Manual",
  "as said: manual",
])("a person's words: %j", (text) => expect(readReason(text)).toBeUndefined());
