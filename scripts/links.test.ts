/**
 * Nothing in the tree points to what is not there: links of pages, paths in their text, sections that comments name.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { filesBelow } from "./support/files.ts";

const project = join(import.meta.dirname, "..");
/** A path is below the project, or below the package in which it is named. */
const packages = ["", "extension", "sdk"].map((folder) => join(project, folder));
const pages = filesBelow("", /\.md$/);

test("every link of a page leads to a file, and to a heading of it", () => {
  const broken = pages.flatMap((page) =>
    [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page, target))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

test("every path that a page writes as code is there", () => {
  const roots = /`((?:bench|docs|extension|samples|schemas|scripts|sdk)\/[\w./@-]+)`/g;
  const missing = pages.flatMap((page) =>
    [...prose(page).matchAll(roots)]
      .map(([, path = ""]) => path)
      .filter((path) => !path.includes("NAME") && !existsSync(join(project, path)))
      .map((path) => `${page}: ${path}`),
  );
  expect(missing).toEqual([]);
});

test("every benchmark, script, decision and section of the design that code names is there", () => {
  const sections = new Set(headings("docs/design.md").map((heading) => Number.parseInt(heading)));
  const decisions = new Set(pages.map((file) => /^docs\/adr\/(\d{4})/.exec(file)?.[1]));
  const code = filesBelow("", /\.(?:ts|mjs)$/);
  const missing = code.flatMap((file) => {
    const text = read(file);
    return [
      ...found(text, /\b((?:bench|scripts)\/[\w/-]+\.(?:ts|mjs))\b/g).filter(
        (path) => !path.includes("NAME") && !packages.some((pkg) => existsSync(join(pkg, path))),
      ),
      ...found(text, /\bDESIGN (?:section )?(\d+)/g).filter((at) => !sections.has(Number(at))),
      ...found(text, /\bADR (\d{4})/g).filter((number) => !decisions.has(number)),
    ].map((name) => `${file}: ${name}`);
  });
  expect(missing).toEqual([]);
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : normalize(join(dirname(page), decodeURIComponent(path)));
  if (!existsSync(join(project, file))) return false;
  return anchor === undefined || headings(file).map(anchorOf).includes(anchor);
}

function headings(file: string): string[] {
  return found(prose(file), /^#{1,6} (.+)$/gm);
}

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
}

/** Without blocks of code, in which a comment looks like a heading. */
function prose(file: string): string {
  return read(file).replaceAll(/^```[^]*?^```/gm, "");
}

function read(file: string): string {
  return readFileSync(join(project, file), "utf8");
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = ""]) => name);
}
