import { expect, test } from "vitest";
import { findProblems } from "./check.ts";
import { validatePushFile } from "./generated/validators/push.ts";
import { validateServerConfig } from "./generated/validators/server.ts";
import type { Validator } from "./validator.ts";

function told(document: unknown, validator: Validator<unknown>): string[] {
  return findProblems(JSON.stringify(document), validator, "x").map(
    ({ pointer, message }) => `${pointer} ${message}`,
  );
}

const push = { package: "a", audience: { groups: ["a"] } };
const server = { dataDirectory: "d", trustFile: "t", listen: { port: 1 } };

test("only the branch that was meant is told of", () => {
  expect(told({ ...push, on: { kind: "schedule" } }, validatePushFile)).toEqual([
    '/on lacks the member "cron"',
  ]);
});

test("an unknown kind lists the known ones", () => {
  expect(told({ ...push, on: { kind: "moon" } }, validatePushFile)).toEqual([
    '/on/kind must be one of "schedule", "watch", "webhook", "allOf", "anyOf"',
  ]);
});

test("nested unions tell of the inner fault", () => {
  const on = {
    kind: "allOf",
    withinSeconds: 1,
    of: [{ kind: "watch" }, { kind: "webhook", name: "x", more: 1 }],
  };
  expect(told({ ...push, on }, validatePushFile)).toEqual([
    '/on/of/0 lacks the member "glob"',
    "/on/of/1/more is not a known member here",
  ]);
});

test("alternatives are told as such", () => {
  expect(told({ ...server, key: {} }, validateServerConfig)).toEqual([
    '/key needs one of the members "file", "gpg"',
  ]);
  expect(
    told({ ...server, key: { file: "a", gpg: "A".repeat(40) } }, validateServerConfig),
  ).toEqual(["/key fits more than one of its alternatives"]);
});
