/** Every decision has its number, its title and its status, and stands in the list once, by that title. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../docs/adr");
const files = readdirSync(folder).filter((file) => file !== "README.md");
const list = readFileSync(join(folder, "README.md"), "utf8");

test("the list has every decision, by its number and title", () => {
  const listed = [...list.matchAll(/^- \[(\d{4})\]\(([^)]+)\) (.+)$/gm)].map(
    ([, number = "", file = "", title = ""]) => `${file}: # ${number}: ${title}`,
  );
  expect(listed.toSorted()).toEqual(files.map((file) => `${file}: ${linesOf(file)[0] ?? ""}`));
});

test("every decision says its status and date under its title, and is the only one of its number", () => {
  const without = files.filter(
    (file) => !/^Status: (?:accepted|superseded), \d{4}-\d\d-\d\d/.test(linesOf(file)[2] ?? ""),
  );
  expect(without).toEqual([]);
  const numbers = files.map((file) => file.slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
});

function linesOf(file: string): string[] {
  return readFileSync(join(folder, file), "utf8").split("\n");
}
