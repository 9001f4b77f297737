/** docs/threats.md and the tree tell of the same threats: each row has its tests, each threat that code names a row. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow } from "./support/files.ts";

const project = join(import.meta.dirname, "..");
const page = readFileSync(join(project, "docs/threats.md"), "utf8");
const rows = new Map(
  [...page.matchAll(/^\| ([A-Z]\d+) \|.*$/gm)].map(([row, id = ""]) => [
    id,
    [...row.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = ""]) => file),
  ]),
);
const code = filesBelow("", /\.ts$/);

test("every row names files that name it", () => {
  expect(rows.size).toBeGreaterThan(50);
  const empty = [...rows].flatMap(([id, files]) => [
    ...(files.length === 0 ? [`${id}: no file`] : []),
    ...files.filter((file) => !namesIn(file).has(id)).map((file) => `${id}: ${file}`),
  ]);
  expect(empty).toEqual([]);
});

test("every threat that a comment names, and every test of an attack, has a row", () => {
  const unknown = code.flatMap((file) =>
    [...namesIn(file)].filter((id) => !rows.has(id)).map((id) => `${file}: ${id}`),
  );
  expect(unknown).toEqual([]);
  const attacks = code.filter((file) => /^sdk\/test\/attacks\/[^/]+\.test\.ts$/.test(file));
  expect(attacks.length).toBeGreaterThan(50);
  expect(attacks.filter((file) => namesIn(file).size === 0)).toEqual([]);
});

/** After `THREATS`, or at the beginning of a test's name or of an attack's header. */
function namesIn(file: string): ReadonlySet<string> {
  const text = readFileSync(join(project, file), "utf8");
  const lists = [
    ...text.matchAll(/THREATS ((?:[A-Z]\d+(?:, | and )?)+)/g),
    ...text.matchAll(/^\/\*\*(?:\n \*)? (?:THREATS )?((?:[A-Z]\d{1,2}(?:, )?)+)\b/g),
    ...text.matchAll(/\btest(?:\.each\([^]{0,2000}?\))?\(\s*["`]((?:[A-Z]\d{1,2}[,: ]{1,2})+)/g),
  ];
  return new Set(lists.flatMap(([, list = ""]) => list.match(/[A-Z]\d+/g) ?? []));
}
