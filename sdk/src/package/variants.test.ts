import { expect, test } from "vitest";
import type { Condition, Manifest } from "../schema/index.ts";
import { thisMachine } from "./machine.ts";
import { chooseVariant, type MachineFacts } from "./variants.ts";
import { isVersionRange } from "./version-range.ts";

const machine: MachineFacts = {
  os: "linux",
  arch: "arm64",
  libc: "musl",
  installed: "2.3.0",
  facts: { licence: "pro" },
};

function packageWith(...variants: readonly (readonly [string, Condition])[]): Manifest {
  const sha256 = "0".repeat(64);
  return {
    type: "manifest/1",
    name: "demo",
    version: "3.0.0",
    releasedAt: "2026-11-22T00:00:00Z",
    kind: "program",
    install: { strategy: "directory" },
    variants: variants.map(([name, when]) => ({ name, when })),
    files: [
      ...variants.map(([name]) => ({
        path: `@${name}/bin`,
        target: "bin",
        size: 1,
        mode: "755" as const,
        sha256,
        variant: name,
      })),
      { path: "readme", size: 1, mode: "644", sha256 },
    ],
  };
}

test("takes the first that fits, and says why the earlier ones did not", () => {
  const choice = chooseVariant(
    packageWith(
      ["windows", { os: ["win32"] }],
      ["intel", { os: ["linux"], arch: ["x64", "ia32"] }],
      ["glibc", { libc: ["glibc"] }],
      ["new", { installed: "^3.0.0" }],
      ["free", { facts: { licence: "free" } }],
      [
        "fit",
        {
          os: ["linux"],
          arch: ["arm64"],
          libc: ["musl"],
          installed: ">=2 <3",
          facts: { licence: "pro" },
        },
      ],
      ["any", {}],
    ),
    machine,
  );
  expect(choice.variant).toBe("fit");
  expect(choice.trace).toEqual([
    "windows: os is linux, not win32",
    "intel: arch is arm64, not x64 or ia32",
    "glibc: libc is musl, not glibc",
    "new: 2.3.0 is installed, not ^3.0.0",
    "free: fact licence is pro, not free",
    "fit: fits",
  ]);
  expect(choice.files.map(({ path }) => path)).toEqual(["@fit/bin", "readme"]);
});

test.each<[string, Condition, Partial<MachineFacts>, boolean]>([
  ["nothing installed meets no range", { installed: "*" }, { installed: undefined }, false],
  [
    "a pre-release is within the range around it",
    { installed: "^2.0.0" },
    { installed: "2.5.0-rc.1" },
    true,
  ],
  ["a pre-release of the next is not", { installed: "^2.0.0" }, { installed: "3.0.0-rc.1" }, false],
  ["a range that is none is never met", { installed: "|||" }, {}, false],
  ["an unknown C library meets none", { libc: ["glibc"] }, { libc: undefined }, false],
  ["an unknown fact", { facts: { region: "eu" } }, {}, false],
  ["a fact that every object has", { facts: { toString: "x" } }, {}, false],
  ["no condition", {}, {}, true],
])("%s", (_, when, facts, fits) => {
  const choose = (): unknown =>
    chooseVariant(packageWith(["only", when]), { ...machine, ...facts });
  if (fits) expect(choose()).toMatchObject({ variant: "only" });
  else expect(choose).toThrow(expect.objectContaining({ code: "VARIANT_NONE" }));
});

test("without variants every machine gets every file", () => {
  const { variants: _, ...manifest } = packageWith();
  expect(chooseVariant(manifest, machine)).toMatchObject({
    variant: undefined,
    files: manifest.files,
  });
});

test("knows a range when it sees one", () => {
  expect(["^1.2.3", "1 - 2", ">=1 <2 || 3.x", "*"].map(isVersionRange)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([">>1", "latest", "1.2.3.4"].map(isVersionRange)).toEqual([false, false, false]);
});

test("the facts of this machine are those of its Node", () => {
  const facts = thisMachine();
  expect(facts).toMatchObject({ os: process.platform, arch: process.arch });
  expect(facts.libc === undefined).toBe(process.platform !== "linux");
});
