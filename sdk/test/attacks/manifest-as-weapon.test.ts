/** S13: a document as a weapon against its reader: keys twice, prototypes, depth, foreign schemas, patterns that explode. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as schema from "../../src/schema/index.ts";
import { verdictOf } from "../support/refusal.ts";
import { workedMs } from "../support/worked.ts";

const manifest = readFileSync(
  join(import.meta.dirname, "../../../schemas/vectors/manifest/valid/polymorphic.json"),
  "utf8",
);
const read = (text: string): unknown =>
  schema.readDocumentText(text, schema.validateManifest, "manifest.json");

/** What it costs this thread, the best of three, in milliseconds. */
function bestOf(act: () => unknown): number {
  const times = [1, 2, 3].map(() => {
    const started = workedMs();
    act();
    return workedMs() - started;
  });
  return Math.min(...times);
}

test.each<[string, string, string]>([
  ["a key twice", manifest.replace('"kind"', '"name": "other",\n  "kind"'), "JSON_DUPLICATE_KEY"],
  [
    "a key twice under another spelling",
    manifest.replace('"kind"', String.raw`"n\u0061me": "other", "kind"`),
    "JSON_DUPLICATE_KEY",
  ],
  [
    "__proto__",
    manifest.replace('"kind"', '"__proto__": { "kind": "patch" }, "kind"'),
    "JSON_FORBIDDEN_KEY",
  ],
  [
    "a constructor among the facts",
    manifest.replace('"line": "4"', '"constructor": "4"'),
    "JSON_FORBIDDEN_KEY",
  ],
  [
    "a package named constructor",
    manifest.replace('"press-control"', '"constructor"'),
    "DOCUMENT_INVALID",
  ],
  [
    "a remote schema",
    manifest.replace('"kind"', '"$schema": "https://evil.example/", "kind"'),
    "DOCUMENT_INVALID",
  ],
  [
    "a reference",
    manifest.replace('"kind"', '"$ref": "https://evil.example/", "kind"'),
    "DOCUMENT_INVALID",
  ],
  ["$data", manifest.replace('"press-control"', '{ "$data": "/version" }'), "DOCUMENT_INVALID"],
  ["depth", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "JSON_TOO_DEEP"],
  [
    "a million findings",
    JSON.stringify({ files: Array.from({ length: 100_000 }, () => 1) }),
    "DOCUMENT_INVALID",
  ],
])("S13 %s is refused", (_what, text, code) => {
  expect(verdictOf(() => read(text))).toBe(code);
  // Once a text is within its document's limit (64 KiB for what strangers send), 50 ms is plenty.
  if (text.length < 65_536) expect(bestOf(() => verdictOf(() => read(text)))).toBeLessThan(50);
});

test("S13 nothing that was refused has touched a prototype", () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as { kind?: string }).kind).toBeUndefined();
});

/** Every pattern of every schema. */
function patterns(): ReadonlySet<string> {
  const folder = join(import.meta.dirname, "../../../schemas");
  const found = new Set<string>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".schema.json")))
    JSON.parse(readFileSync(join(folder, file), "utf8"), (key, value: unknown) => {
      if (key === "pattern" && typeof value === "string") found.add(value);
      return value;
    });
  return found;
}

const bait = [
  "a",
  "1.",
  "a-",
  "a.",
  "-.",
  "/",
  "../",
  "a/",
  " ",
  "<",
  "0.0.0-a.",
  "T00:",
  "\\",
  "\u00e9",
  "*",
  "=A",
  "https://a",
];
test.each([...patterns()])("S13 the pattern %s takes no time on any bait", (pattern) => {
  const expression = new RegExp(pattern, "u");
  for (const piece of bait) {
    const text = `${piece.repeat(20_000 / piece.length)}\n`;
    expect(bestOf(() => expression.test(text))).toBeLessThan(50);
  }
});
