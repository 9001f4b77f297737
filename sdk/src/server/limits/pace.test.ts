import { expect, test } from "vitest";
import { destinationOf, recipientsPerMessageOf } from "./pace.ts";

test("a destination is a domain, however it is written", () => {
  expect(["a@Example.ORG", "b@example.org"].map(destinationOf)).toEqual([
    "example.org",
    "example.org",
  ]);
});

test("a message has a hundred recipients unless its transport says otherwise", () => {
  expect([recipientsPerMessageOf({}), recipientsPerMessageOf({ recipientsPerMessage: 7 })]).toEqual(
    [100, 7],
  );
});
