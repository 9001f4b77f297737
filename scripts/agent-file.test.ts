/** The one file on a Node that is too old: it comes as far as its first lines, and they say what is needed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentBundling, agentFiles } from "./agent-file.ts";

const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "outrider-agent-file-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(Object.entries(agentFiles))("%s", (name, entry) => {
  let file: string;
  beforeAll(async () => {
    file = join(folder, name);
    const entryPoints = [join(import.meta.dirname, "../sdk/src", entry)];
    await build({ ...agentBundling, entryPoints, outfile: file });
  });

  const start = (...argv: readonly string[]): { status: number | null; stderr: string } => {
    const ahead = `data:text/javascript,${encodeURIComponent(older)}`;
    return spawnSync(process.execPath, ["--import", ahead, file, ...argv], { encoding: "utf8" });
  };

  test("names no part of Node before its first lines have run", () => {
    const imports = readFileSync(file, "utf8").matchAll(/\bimport([^"';]*)from"node:[^"]+"/g);
    const named = [...imports].map(([, names = ""]) => names.trim());
    expect(named).toContain("{createRequire}");
    expect(
      named.filter((names) => !/^(\{createRequire\}|\{default as [\w$]+\}|[\w$]+)$/.test(names)),
    ).toEqual([]);
  });

  test("says which Node it needs, as it says its other errors", () => {
    const { status, stderr } = start("run", "agent.json");
    expect(status).toBe(3);
    expect(JSON.parse(stderr)).toMatchObject({
      error: {
        code: "TOOL_MISSING",
        retryable: true,
        message: expect.stringMatching(
          /^outrider needs Node 22\.19 or later; .* is Node 20\.20\.2\./,
        ),
      },
    });
  });

  test("asks a mail system to bring the message again", () => {
    expect(start("receive", "--pipe", "agent.json").status).toBe(75);
  });
});
