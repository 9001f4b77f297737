import { expect, test } from "vitest";
import { treeNames } from "./layout.ts";

const digest = "0123456789abcdef".repeat(4);

test.each([
  "",
  "..",
  digest.slice(1),
  `${digest}0`,
  `../${digest}`,
  `${digest}/..`,
  `${digest}\n`,
  digest.toUpperCase(),
])("%j names nothing on a share", (name) => {
  for (const nameOf of [treeNames.notification, treeNames.package, treeNames.receipt])
    expect(() => nameOf(name)).toThrow(expect.objectContaining({ code: "SOURCE_FORBIDDEN" }));
});

test.each([0, -1, 1.5, 2 ** 53, Number.NaN, Infinity])("no trust document is %d", (version) => {
  expect(() => treeNames.trust(version)).toThrow(
    expect.objectContaining({ code: "SOURCE_FORBIDDEN" }),
  );
});
