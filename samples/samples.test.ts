/** Every sample, run as anybody would run it: it asserts for itself and exits 0 where all held. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { startPostgres } from "../sdk/test/servers/postgres.ts";

const folder = import.meta.dirname;
const samples = readdirSync(folder).filter((name) => existsSync(join(folder, name, "main.ts")));

/** For the sample that needs a database. */
const postgres = await startPostgres();
const database = await postgres?.database();
afterAll(() => postgres?.[Symbol.asyncDispose]());

test.for(samples)("%s", async (name, { signal }) => {
  if (name === "scale" && database === undefined) return; // that was said already
  const env = { ...process.env, OUTRIDER_POSTGRES_URL: database };
  const run = promisify(execFile)(process.execPath, [join(folder, name, "main.ts")], {
    env,
    signal,
  });
  await expect(run).resolves.toMatchObject({
    stdout: expect.stringContaining("Every claim held."),
  });
});

test("the four samples are found, so none is passed over in silence", () => {
  expect(samples).toEqual(["agent-file", "demo", "scale", "updater"]);
});
