/** Each part of the extension has a flow in a real VS Code: test/README.md names it, and it is there. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../test");
const flows = new Map(
  readdirSync(join(folder, "flows")).map((file) => [
    file.replace(".e2e.ts", ""),
    readFileSync(join(folder, "flows", file), "utf8"),
  ]),
);
const rows = readFileSync(join(folder, "README.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, part = "", flow = "", title = "", pictures = ""]) => ({
    part,
    flow: flow.replaceAll("`", ""),
    title,
    pictures: [...pictures.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  }));

test("every part has one", () => {
  const parts = rows.map(({ part }) => Number.parseInt(part, 10));
  expect([...new Set(parts)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect([...flows.keys()].filter((flow) => !rows.some((row) => row.flow === flow))).toEqual([]);
});

test.each(rows)("$flow: $title", ({ flow, pictures, title }) => {
  expect(flows.get(flow)).toContain(`"${title}"`);
  const all = [...flows.values()].join("\n");
  for (const picture of pictures) expect(all).toMatch(new RegExp(`["/]${picture}(\\.png)?"`));
});
