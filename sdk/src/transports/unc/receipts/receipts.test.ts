import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem } from "../../../ports/index.ts";
import {
  directoryShare,
  droppedReceipts,
  type ReceiptDrop,
} from "../../../transport/tree/index.ts";
import { uncReceiptInbox } from "./inbox.ts";
import { uncReceiptSender } from "./sender.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outrider-receipts-"));
  await writeFile(join(root, "catalog.json"), "{}");
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function pickUp(count: number): Promise<string[]> {
  const stop = new AbortController();
  const heard: string[] = [];
  for await (const incoming of uncReceiptInbox({ root, pollMs: 5 }).receive({
    signal: stop.signal,
  })) {
    heard.push(Buffer.from(incoming.bytes).toString());
    await incoming.settle("handled");
    if (heard.length === count) stop.abort();
  }
  return heard;
}

test("what an agent drops is picked up once and removed", async () => {
  const sender = uncReceiptSender({ root });
  const { signal } = new AbortController();
  for (const receipt of ["one", "two", "two"]) await sender.send(Buffer.from(receipt), { signal });
  expect((await pickUp(2)).toSorted()).toEqual(["one", "two"]);
  expect(await readdir(join(root, "receipts"))).toEqual([]);
});

test("links, foreign names and what is too large are never read", async () => {
  const folder = join(root, "receipts");
  await mkdir(folder);
  await writeFile(join(root, "secret"), "secret");
  await symlink(join(root, "secret"), join(folder, `${"a".repeat(64)}.json`));
  await writeFile(join(folder, "notes.txt"), "not ours");
  await writeFile(join(folder, `${"b".repeat(64)}.json`), Buffer.alloc(65 * 1024));
  await writeFile(join(folder, `${"c".repeat(64)}.json`), "good");
  expect(await pickUp(1)).toEqual(["good"]);
  expect(await readdir(folder)).toEqual(["notes.txt"]);
});

test("a share that is away is said to be unavailable", async () => {
  await writeFile(join(root, "receipts"), "a file where the folder should be");
  await expect(
    uncReceiptSender({ root }).send(Buffer.from("x"), { signal: new AbortController().signal }),
  ).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
  });
});

test("the empty folder of a stick that is not in takes no receipt: nobody would ever find it", async () => {
  await rm(join(root, "catalog.json"));
  await expect(
    uncReceiptSender({ root }).send(Buffer.from("x"), { signal: new AbortController().signal }),
  ).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await readdir(root)).toEqual([]);
});

test("what nobody can read or remove keeps no other receipts back", async () => {
  const folder = join(root, "receipts");
  await mkdir(folder);
  const stuck = Array.from({ length: 10 }, (_, index) => String(index).repeat(64));
  for (const name of [...stuck, "a".repeat(64)])
    await writeFile(join(folder, `${name}.json`), name === "a".repeat(64) ? "good" : "bad");
  const share = directoryShare(root, nodeFileSystem);
  const asked: string[] = [];
  const hostile: ReceiptDrop = {
    ...share,
    read: (name, ...rest) => {
      asked.push(name);
      if (stuck.some((digest) => name.includes(digest))) throw new Error("EACCES");
      return share.read(name, ...rest);
    },
  };
  const faults: string[] = [];
  const options = { onFault: (origin: string): void => void faults.push(origin) };
  const heard: string[] = [];
  for await (const { bytes } of droppedReceipts(hostile, options))
    heard.push(Buffer.from(bytes).toString());
  expect(heard).toEqual(["good"]);
  expect(asked).toHaveLength(11);
  expect(faults).toHaveLength(10);
  await rm(join(folder, `${"a".repeat(64)}.json`));
  await expect(droppedReceipts(hostile, options).next()).rejects.toThrow("EACCES");
});
