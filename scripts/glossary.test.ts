/** A glossary term that is not an exported name is stale. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const project = join(import.meta.dirname, "..");
const source = join(project, "sdk/src");

/** Every name that some module of the SDK exports by declaring it. */
function exportedNames(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const text = readFileSync(join(source, file), "utf8");
    for (const [, name = ""] of text.matchAll(
      /^export (?:declare )?(?:async )?(?:abstract )?(?:const|function|class|interface|type) (\w+)/gm,
    ))
      names.add(name);
  }
  return names;
}

const rows = readFileSync(join(project, "GLOSSARY.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| word "))
  .map((line) => line.split("|").map((cell) => cell.trim()));

test("every word of the glossary is an exported name", () => {
  expect(rows.length).toBeGreaterThan(20);
  const exported = exportedNames();
  const stale = rows
    .filter(([, , , name = ""]) => !exported.has(name.replaceAll("`", "")))
    .map(([, word]) => word);
  expect(stale).toEqual([]);
});

test("no word stands twice", () => {
  const words = rows.map(([, word]) => word);
  expect(new Set(words).size).toBe(words.length);
});
