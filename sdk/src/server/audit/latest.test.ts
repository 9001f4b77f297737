import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem } from "../../ports/index.ts";
import { latestEntries } from "./latest.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-latest-"));
  path = join(folder, "audit.jsonl");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const line = (number: number, deployment: string, detail = ""): string =>
  `${JSON.stringify({ number, previous: "", deployment, detail })}\n`;

async function numbers(limit: number, deployment?: string): Promise<number[]> {
  const request = { limit, ...(deployment === undefined ? {} : { deployment }) };
  return (await latestEntries(path, nodeFileSystem, request)).map(({ number }) => number);
}

test("a log that is not there has no entries", async () => {
  expect(await numbers(5)).toEqual([]);
});

test("the latest first, over the borders of pieces and of characters", async () => {
  const lines = Array.from({ length: 400 }, (_, at) =>
    line(at + 1, at % 2 === 0 ? "even" : "odd", "€".repeat(at)),
  );
  await writeFile(path, lines.join(""));
  expect(await numbers(3)).toEqual([400, 399, 398]);
  expect(await numbers(2, "even")).toEqual([399, 397]);
  expect(await numbers(1000)).toEqual(Array.from({ length: 400 }, (_, at) => 400 - at));
});

test("what a crash tore, and what is being written, is left out", async () => {
  await writeFile(path, `${line(1, "a")}{"number":2,"pre\n${line(3, "a")}{"number":4`);
  expect(await numbers(5)).toEqual([3, 1]);
});

test("reads a bounded part of a log, however large", async () => {
  const filler = line(2, "other", "x".repeat(1_000_000));
  await writeFile(path, line(1, "wanted") + filler.repeat(12) + line(3, "wanted"));
  expect(await numbers(5, "wanted")).toEqual([3]);
});
