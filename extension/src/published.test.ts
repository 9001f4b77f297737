/** E4 "Extension taken over": what may be published, and what may be loaded before a person asks for anything. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadedAtOnce, unwantedFiles } from "../scripts/published.ts";

test("E4 sources, tests and dependencies are not published", () => {
  const good = [
    "package.json",
    "dist/node/extension.js",
    "dist/web.cjs",
    "l10n/bundle.l10n.de.json",
  ];
  const bad = ["src/extension.ts", "node_modules/x/index.js", "dist/node/x.js.map", "server.asc"];
  expect(unwantedFiles([...good, ...bad])).toEqual(bad);
});

test("E4 a network or a program is not reached by what loads at once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "outrider-published-"));
  try {
    const write = (name: string, code: string) => writeFile(join(folder, name), code);
    const entry =
      'import{a}from"./chunk.js";import"vscode";export const b=()=>import("./lazy.js");';
    const chunk = 'import{readFile}from"node:fs";export const a=1;';
    await write("entry.js", entry);
    await write("chunk.js", chunk);
    await write("lazy.js", 'import"node:net";');
    const bytes = entry.length + chunk.length;
    expect(loadedAtOnce(join(folder, "entry.js"))).toEqual({ bytes, outside: [] });
    await write("chunk.js", 'import{request}from"node:https";export const a=1;');
    expect(loadedAtOnce(join(folder, "entry.js")).outside).toEqual(["node:https"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
