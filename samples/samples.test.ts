/** Every sample, run as anybody would run it: it asserts for itself and exits 0 where all held. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const folder = import.meta.dirname;
const samples = readdirSync(folder).filter((name) => existsSync(join(folder, name, "main.ts")));

test.each(samples)("%s", { timeout: 60_000 }, async (name) => {
  const run = promisify(execFile)(process.execPath, [join(folder, name, "main.ts")]);
  await expect(run).resolves.toMatchObject({
    stdout: expect.stringContaining("Every claim held."),
  });
});

test("all are found", () => {
  expect(samples).toEqual(["agent-file", "demo", "updater"]);
});
