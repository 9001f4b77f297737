import { expect, test } from "vitest";
import { readSourceManifest } from "./source.ts";

const good = {
  $schema: "https://unpkg.com/@outrider/schemas@1/outrider.schema.json",
  name: "demo",
  version: "1.2.3",
  files: [{ from: "dist" }],
  variants: [{ name: "a", when: { installed: "^1.0.0" } }],
  requires: { runtime: ">=2 <4" },
  install: { strategy: "directory" },
};

test("a good source manifest is read as it stands", () => {
  expect(readSourceManifest(JSON.stringify(good), "outrider.json")).toEqual(good);
});

test.each([
  ["an unknown member", { ...good, file: [] }, "DOCUMENT_INVALID", "/file"],
  ["no files at all", { ...good, files: undefined, variants: undefined }, "DOCUMENT_INVALID", ""],
  ["a version that is none", { ...good, version: "1.2" }, "DOCUMENT_INVALID", "/version"],
  [
    "two variants of one name",
    {
      ...good,
      variants: [
        { name: "a", when: {} },
        { name: "a", when: {} },
      ],
    },
    "PACKAGE_SOURCE",
    undefined,
  ],
  [
    "a range that is none",
    { ...good, variants: [{ name: "a", when: { installed: ">>>1" } }] },
    "PACKAGE_SOURCE",
    undefined,
  ],
  [
    "a required range that is none",
    { ...good, requires: { runtime: "latest please" } },
    "PACKAGE_SOURCE",
    undefined,
  ],
])("refuses %s", (_, source, code, pointer) => {
  expect(() => readSourceManifest(JSON.stringify(source), "outrider.json")).toThrow(
    expect.objectContaining(pointer === undefined ? { code } : { code, pointer }),
  );
});
