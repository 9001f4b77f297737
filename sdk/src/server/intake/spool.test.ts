import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem, silentLogger } from "../../ports/index.ts";
import type { Verdict } from "../news/events.ts";
import type { Judges } from "./inbox.ts";
import { lookOnce } from "./spool.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "outrider-spool-"));
  for (const folder of ["taken", "refused"]) await mkdir(join(directory, folder));
});
afterEach(() => rm(directory, { recursive: true }));

async function drop(name: string): Promise<void> {
  await writeFile(join(directory, name), name);
  await utimes(join(directory, name), 0, 0);
}

/** Judges by the file's content, which is its name. */
function look(judge: (name: string) => Promise<Verdict>): Promise<number> {
  const submit: Judges["submit"] = (bytes) => judge(new TextDecoder().decode(bytes));
  const judges: Judges = {
    submit,
    control: submit,
    receive: submit,
    returned: () => Promise.resolve("ignored"),
  };
  const clock = { now: () => new Date() };
  return lookOnce(
    { directory },
    { judges, fileSystem: nodeFileSystem, clock, logger: silentLogger },
  );
}

const ignored = (): Promise<Verdict> => Promise.resolve({ outcome: "ignored" });

test("a fault in judging one file leaves it waiting, and is in no other's way", async () => {
  await drop("a.json");
  await drop("b.json");
  expect(
    await look((name) => (name === "a.json" ? Promise.reject(new Error("disk")) : ignored())),
  ).toBe(1);
  expect((await readdir(directory)).toSorted()).toEqual(["a.json", "refused", "taken"]);
  expect(await readdir(join(directory, "taken"))).toEqual([]);
  expect(await look(ignored)).toBe(1);
});

test("a thousand names that are never taken up are in no other's way", async () => {
  for (let number = 1000; number < 2000; number++) await mkdir(join(directory, `${number}.json`));
  await drop("last.json");
  expect(await look(ignored)).toBe(1);
});
