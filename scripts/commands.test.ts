/** Every `outrider …` that a page writes is a command of the program, with options that it has. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createProgram } from "../sdk/src/cli/program.ts";
import { filesBelow } from "./support/files.ts";

const project = join(import.meta.dirname, "..");
const program = createProgram({
  terminal: () => {
    throw new Error("no command runs here");
  },
  exitWith: () => undefined,
  failWith: () => undefined,
});

test("every command in the pages is one, and has the options that it is given", () => {
  const pages = filesBelow("", /\.md$/).filter((page) => page !== "docs/reference/cli.md");
  const written = pages.flatMap((page) => commandsIn(page).map((words) => ({ page, words })));
  expect(written.length).toBeGreaterThan(100);
  const wrong = written.flatMap(({ page, words }) =>
    faultsOf(words).map((fault) => `${page}: outrider ${words.join(" ")}: ${fault}`),
  );
  expect(wrong).toEqual([]);
});

test("a command and an option that are none are found", () => {
  expect(faultsOf(["pusch"])).toEqual(["there is no such command"]);
  expect(faultsOf(["agents", "adopt"])).toEqual(["there is no such command"]);
  expect(faultsOf(["push", "--wait", "--gruop", "hall-2"])).toEqual(["there is no --gruop"]);
});

/** What stands behind `outrider` on lines of code, carried on after a backslash, and in code within text. */
function commandsIn(page: string): string[][] {
  const text = readFileSync(join(project, page), "utf8").replaceAll(/\\\n\s*/g, "");
  const lines = [
    ...text.matchAll(/^(?:\$ )?outrider ([^\n]*)/gm),
    ...text.matchAll(/`outrider ([^`]*)`/g),
  ].map(([, line = ""]) => line);
  return lines.flatMap((line) =>
    line
      .replace(/ (?:#|<|>|…).*$/s, "")
      .split(/ && (?:outrider )?/)
      .map((command) => command.split(/\s+/).filter((word) => /^-{0,2}[a-z]/.test(word))),
  );
}

function faultsOf(words: readonly string[]): string[] {
  let command = program;
  let depth = 0;
  for (const word of words) {
    const next = command.commands.find((child) => child.name() === word);
    if (next === undefined) break;
    command = next;
    depth++;
  }
  // A group alone is spoken of; a group with a word that it does not know is a mistake.
  const unknown = words[depth];
  if (command.commands.length > 0 && unknown !== undefined && !unknown.startsWith("-"))
    return ["there is no such command"];
  const known = new Set([...command.options, ...program.options].map(({ long }) => long));
  return words
    .filter((word) => word.startsWith("--") && !known.has(word.replace(/=.*$/, "")))
    .filter((word) => word !== "--help")
    .map((word) => `there is no ${word}`);
}
