import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Manifest, ManifestFile } from "../schema/index.ts";
import { checkManifest, filesOf, targetOf } from "./manifest.ts";

function file(path: string, more: Partial<ManifestFile> = {}): ManifestFile {
  return { path, size: 0, mode: "644", sha256: "0".repeat(64), ...more };
}

function manifest(files: readonly ManifestFile[], variants: readonly string[] = []): Manifest {
  return {
    type: "manifest/1",
    name: "demo",
    version: "1.0.0",
    releasedAt: "2026-11-22T00:00:00Z",
    kind: "program",
    install: { strategy: "directory" },
    files: [...files],
    ...(variants.length === 0 ? {} : { variants: variants.map((name) => ({ name, when: {} })) }),
  };
}

const tool = (variant: string, target = "tool"): ManifestFile =>
  file(`@${variant}/${target}`, { target, variant });

test("the same target in two variants is what variants are for", () => {
  const both = manifest([tool("a"), tool("b"), file("readme")], ["a", "b"]);
  expect(() => checkManifest(both, "m")).not.toThrow();
  expect(filesOf(both, "b").map(targetOf)).toEqual(["tool", "readme"]);
});

describe("refused", () => {
  test.each<[string, Manifest, string]>([
    ["the same path twice", manifest([file("a"), file("a")]), "PACKAGE_PATH"],
    [
      "the same target twice",
      manifest([file("a", { target: "c" }), file("b", { target: "C" })]),
      "PACKAGE_PATH",
    ],
    ["a folder where a file is", manifest([file("a"), file("A/b")]), "PACKAGE_PATH"],
    ["a file where a folder is", manifest([file("a/b/c"), file("a/b")]), "PACKAGE_PATH"],
    [
      "a target within a variant",
      manifest([tool("a"), file("@a/2", { target: "TOOL", variant: "a" })], ["a"]),
      "PACKAGE_PATH",
    ],
    ["a variant over a file for all", manifest([tool("a"), file("tool")], ["a"]), "PACKAGE_PATH"],
    [
      "a variant below a file for all",
      manifest([tool("a", "tool/x"), file("tool")], ["a"]),
      "PACKAGE_PATH",
    ],
    [
      "a variant where all have a folder",
      manifest([tool("a"), file("tool/x")], ["a"]),
      "PACKAGE_PATH",
    ],
    ["what the archive needs itself", manifest([file("archive.json")]), "PACKAGE_PATH"],
    ["the same in other letters", manifest([file("Manifest.JSON.asc")]), "PACKAGE_PATH"],
    ["a path that leads out", manifest([file("a", { target: "../a" })]), "PACKAGE_PATH"],
    ["a variant that is not listed", manifest([tool("b")], ["a"]), "PACKAGE_MISMATCH"],
    ["two variants of one name", manifest([tool("a")], ["a", "a"]), "PACKAGE_MISMATCH"],
  ])("%s", (_, bad, code) => {
    expect(() => checkManifest(bad, "m")).toThrow(expect.objectContaining({ code }));
  });
});

test("refuses exactly where two files would meet", () => {
  const part = fc.constantFrom("a", "b", "A");
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 5 }), (paths) => {
      const keys = paths.map((each) => each.toLowerCase());
      const meet = keys.some((left, at) =>
        keys.some(
          (right, other) => at !== other && (left === right || right.startsWith(`${left}/`)),
        ),
      );
      const check = (): void => checkManifest(manifest(paths.map((each) => file(each))), "m");
      if (meet) expect(check).toThrow();
      else expect(check).not.toThrow();
    }),
  );
});
