/** THREATS N18: whoever may write on a share puts into `receipts/` what they like, as much as they like. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem, type FileSystem, type Logger } from "../../src/ports/index.ts";
import type { Incoming } from "../../src/transport/index.ts";
import { directoryShare, droppedReceipts, type LeftLying } from "../../src/transport/tree/index.ts";
import { uncReceiptInbox } from "../../src/transports/unc/receipts/index.ts";

const digest = (number: number): string => number.toString(16).padStart(64, "0");

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outrider-drop-"));
  folder = join(root, "receipts");
  await mkdir(folder);
});
afterEach(() => rm(root, { recursive: true }));

async function drop(count: number, content: string): Promise<void> {
  for (let number = 0; number < count; number++)
    await writeFile(join(folder, `${digest(number)}.json`), content);
}

interface Look {
  readonly heard: number;
  readonly bytes: number;
  readonly left: LeftLying | undefined;
}

/** One look, whatever is heard being settled so. */
async function look(
  verdict: Parameters<Incoming["settle"]>[0],
  fileSystem: FileSystem = nodeFileSystem,
): Promise<Look> {
  let heard = 0;
  let bytes = 0;
  let left: LeftLying | undefined;
  const onEnd = (lying: LeftLying): void => void (left = lying);
  for await (const incoming of droppedReceipts(directoryShare(root, fileSystem), { onEnd })) {
    heard++;
    bytes += incoming.bytes.length;
    await incoming.settle(verdict);
  }
  return { heard, bytes, left };
}

test("N18 a look takes so many and no more, and asks of no more what they are", async () => {
  await drop(1100, "{}");
  const asked = new Set<string>();
  const counted: FileSystem = {
    ...nodeFileSystem,
    stat(path) {
      asked.add(path);
      return nodeFileSystem.stat(path);
    },
  };
  expect(await look("handled", counted)).toEqual({
    heard: 1000,
    bytes: 2000,
    left: { receipts: 100, foreign: 0 },
  });
  expect([...asked].filter((path) => path.endsWith(".json"))).toHaveLength(1000);
  expect(await look("handled")).toMatchObject({ heard: 100, left: { receipts: 0 } });
});

test("N18 nor so many bytes, each as large as a receipt may be", async () => {
  await drop(300, "x".repeat(64 * 1024));
  const { bytes, left } = await look("handled");
  expect(bytes).toBeLessThanOrEqual(17 * 1024 * 1024);
  expect(left?.receipts).toBeGreaterThan(0);
});

test("N18 what is refused fills the audit log no faster than so many a look", async () => {
  await drop(200, "{}");
  expect(await look("refused")).toMatchObject({ heard: 50, left: { receipts: 150 } });
});

test("N18 the operator is told, once, and what is somebody else's stays", async () => {
  await writeFile(join(root, "catalog.json"), "{}");
  await writeFile(join(folder, "notes.txt"), "not ours");
  await mkdir(join(folder, digest(1)));
  await drop(60, "{}");
  const said: string[] = [];
  const logger: Logger = {
    log(level, message) {
      if (level === "warn") said.push(message.replaceAll(root, "ROOT"));
    },
  };
  const stop = new AbortController();
  let heard = 0;
  const inbox = uncReceiptInbox({ root, pollMs: 1, logger });
  for await (const incoming of inbox.receive({ signal: stop.signal })) {
    await incoming.settle("refused");
    if (++heard === 59) await drop(60, "{}"); // the flood goes on
    if (heard === 119) stop.abort();
  }
  expect(said).toEqual([
    "More lies in ROOT/receipts than one look takes: 10 wait for the next. If that does not end, see who may write there.",
    "ROOT/receipts is for receipts only: 2 other entries are left alone there.",
  ]);
  expect(await readdir(folder)).toEqual([digest(1), "notes.txt"]);
});
