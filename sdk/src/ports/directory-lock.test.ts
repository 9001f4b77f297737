import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockDirectory, lockHolder } from "./directory-lock.ts";
import { nodeFileSystem } from "./index.ts";
import { processStartTime } from "./process-start.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "outrider-lock-"));
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

const owner = { name: "agent", code: "AGENT_BUSY" } as const;
const take = (): ReturnType<typeof lockDirectory> =>
  lockDirectory(nodeFileSystem, directory, owner);

/** What a process left behind. */
async function leave(text: string): Promise<void> {
  await mkdir(join(directory, "lock"), { recursive: true });
  await writeFile(join(directory, "lock", "left.json"), text);
}

test("a second agent is refused until the first gives the lock back", async () => {
  const first = await take();
  await expect(take()).rejects.toMatchObject({ code: "AGENT_BUSY" });
  await first.release();
  await (await take()).release();
});

test("who holds the lock can be seen, and a dead one's does not count", async () => {
  expect(await lockHolder(nodeFileSystem, directory)).toBeUndefined();
  const lock = await take();
  expect(await lockHolder(nodeFileSystem, directory)).toBe(process.pid);
  await lock.release();
  expect(await lockHolder(nodeFileSystem, directory)).toBeUndefined();
  await leave(JSON.stringify({ pid: 2 ** 22 + 1, started: "", held: true }));
  expect(await lockHolder(nodeFileSystem, directory)).toBeUndefined();
});

test("whoever has patience gets the lock when it is given back", async () => {
  const first = await take();
  const second = lockDirectory(nodeFileSystem, directory, { ...owner, patienceMs: 20_000 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await first.release();
  await (await second).release();
});

test("the lock of a process that is gone is taken over", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((ended) => child.once("exit", ended));
  await leave(JSON.stringify({ pid: child.pid, started: "", held: true }));
  await (await take()).release();
});

test("a living process that got the number of the dead one does not keep the lock", async () => {
  await leave(JSON.stringify({ pid: process.pid, started: "another boot/1", held: true }));
  if (processStartTime(process.pid) === undefined) return expect(process.platform).toBe("win32");
  await (await take()).release();
});

test("where numbers alone tell nothing, the process that shows no life any more does not keep the lock", async () => {
  // A socket's file outlives its process as a named pipe does not; being listened on, neither does.
  const addressOf = (name: string): string => join(directory, name.slice(0, 36));
  const takeHere = (): ReturnType<typeof lockDirectory> =>
    lockDirectory(nodeFileSystem, directory, owner, addressOf);
  const first = await takeHere();
  await expect(takeHere()).rejects.toMatchObject({ code: "AGENT_BUSY" });
  expect(await lockHolder(nodeFileSystem, directory, addressOf)).toBe(process.pid);
  await first.release();
  // Its number lives on, as another's: this process.
  const gone = { pid: process.pid, started: "", held: true, shown: true };
  await leave(JSON.stringify(gone));
  expect(await lockHolder(nodeFileSystem, directory, addressOf)).toBeUndefined();
  const program = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
  const child = spawn(process.execPath, ["-e", program, join(directory, "left.json")]);
  await new Promise((ended) => child.once("exit", ended));
  await (await takeHere()).release();
  expect(await readdir(join(directory, "lock"))).toEqual([]);
});

test("who cannot show life takes the lock all the same", async () => {
  const nowhere = (): string => join(directory, "no", "such", "folder");
  const lock = await lockDirectory(nodeFileSystem, directory, owner, nowhere);
  await expect(take()).rejects.toMatchObject({ code: "AGENT_BUSY" });
  await lock.release();
});

test("a lock that was cut off while it was written is taken over", async () => {
  for (const torn of ["", "{", '{"pid":', "null"] as const) {
    await leave(torn);
    await (await take()).release();
  }
});

test("of many that find a stale lock never two get it, and mostly one does", async () => {
  let taken = 0;
  for (let round = 0; round < 20; round++) {
    await leave(JSON.stringify({ pid: 2 ** 22 + 1, started: "", held: true }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, take));
    const locks = results.flatMap((result) =>
      result.status === "fulfilled" ? [result.value] : [],
    );
    expect(locks.length).toBeLessThanOrEqual(1);
    taken += locks.length;
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "AGENT_BUSY" });
    await locks[0]?.release();
    expect(await readdir(join(directory, "lock"))).toEqual([]);
  }
  expect(taken).toBeGreaterThan(15);
});
