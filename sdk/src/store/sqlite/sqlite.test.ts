import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { expect, test, vi } from "vitest";
import type { DeploymentPlan } from "../../ledger/index.ts";
import { storeConformance } from "../../testing/store-conformance/index.ts";
import { backUpStore, restoreStore } from "./backup.ts";
import { sqliteStore } from "./index.ts";
import { migrations } from "./schema.ts";

for (const { name, run } of storeConformance(async () => {
  const directory = await mkdtemp(join(tmpdir(), "outrider-sqlite-"));
  return {
    open: async () => sqliteStore({ path: join(directory, "store.sqlite") }),
    remove: () => rm(directory, { recursive: true }),
  };
}))
  test(name, run);

test("survives a power cut after every commit: write-ahead log, synced in full", async () => {
  const directory = await mkdtemp(join(tmpdir(), "outrider-sqlite-"));
  const path = join(directory, "store.sqlite");
  using opening = vi.spyOn(DatabaseSync.prototype, "exec");
  const store = sqliteStore({ path });
  const [connection] = opening.mock.contexts as DatabaseSync[];
  expect(connection?.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2 }); // FULL
  await store.values.set("a", "b");
  expect((await stat(`${path}-wal`)).size).toBeGreaterThan(0);
  await store.close();
  await store.close(); // twice is no error
  const raw = new DatabaseSync(path);
  expect(raw.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  raw.exec(`PRAGMA user_version = ${migrations.length + 1}`); // a newer Outrider's
  raw.close();
  expect(() => sqliteStore({ path })).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
  await rm(directory, { recursive: true });
});

test.skipIf(process.platform === "win32")(
  "the store, its backup and what is restored are their owner's alone, whatever the umask",
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "outrider-sqlite-"));
    const [path, copy, again] = ["own/store", "copy", "again"].map((name) =>
      join(directory, name),
    ) as [string, string, string];
    const store = sqliteStore({ path });
    await store.values.set("a", "b");
    backUpStore(path, copy);
    const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;
    expect(await modeOf(join(directory, "own"))).toBe(0o700);
    for (const file of [path, `${path}-wal`, copy]) expect(await modeOf(file)).toBe(0o600);
    await store.close();
    await chmod(copy, 0o644);
    restoreStore(copy, again);
    expect(await modeOf(again)).toBe(0o600);
    const restored = sqliteStore({ path: again });
    expect(await restored.values.get("a")).toBe("b");
    await restored.close();
    await rm(directory, { recursive: true });
  },
);

test("what a crash left of a half-entered plan is seen by nobody, and removed in time", async () => {
  const directory = await mkdtemp(join(tmpdir(), "outrider-sqlite-"));
  const path = join(directory, "store.sqlite");
  const plan = largePlan("11111111-1111-4111-8111-111111111111");
  const store = sqliteStore({ path });
  const entering = Promise.allSettled([store.deployments.plan(plan)]);
  await new Promise((resolve) => setImmediate(resolve)); // after the first transaction
  await store.close();
  expect(await entering).toMatchObject([{ status: "rejected" }]);
  const again = sqliteStore({ path });
  expect(await again.deployments.list()).toEqual([]);
  await again.deployments.plan(plan);
  const raw = new DatabaseSync(path);
  const rows = (): unknown => raw.prepare("SELECT count(*) AS count FROM ledger").get();
  expect(rows()).toEqual({ count: 8500 });
  const { deployment, jobs } = largePlan("33333333-3333-4333-8333-333333333333");
  await expect(again.deployments.plan({ deployment, jobs: [...jobs, ...jobs] })).rejects.toThrow();
  expect(rows()).toEqual({ count: 8500 }); // what fails takes back what it has entered
  raw.exec("UPDATE deployments SET id = 'planning/1/x' WHERE id GLOB 'planning/*'"); // long ago
  await again.deployments.plan(largePlan("22222222-2222-4222-8222-222222222222"));
  expect(rows()).toEqual({ count: 12_000 });
  expect(raw.prepare("SELECT count(*) AS count FROM deployments").get()).toEqual({ count: 2 });
  raw.close();
  await again.close();
  await rm(directory, { recursive: true });
});

function largePlan(id: string): DeploymentPlan {
  const recipients = Array.from({ length: 6000 }, (_, index) => ({
    agent: `agent-${index}`,
    address: "http",
  }));
  const settings = { successThreshold: 100, errorThreshold: 0, noAnswer: "failed" } as const;
  return {
    deployment: {
      id,
      trigger: "{}",
      packageName: "demo-app",
      version: "1.0.0",
      manifest: "a".repeat(64),
      audience: { groups: ["all"] },
      reason: "test",
      acceptedAt: "2026-11-22T12:00:00Z",
      expiresAt: "2026-11-23T12:00:00Z",
      approval: false,
      signers: [],
      waves: [{ ...settings, name: "all", size: 6000, deadlineSeconds: 60, soakSeconds: 0 }],
      windows: [],
    },
    jobs: [{ wave: 0, transport: "http", attach: false, delayMs: 0, recipients }],
  };
}

test("a store that cannot be opened says which, and why", async () => {
  const directory = await mkdtemp(join(tmpdir(), "outrider-sqlite-"));
  await writeFile(join(directory, "file"), "");
  await writeFile(
    join(directory, "text"),
    "not a database, but long enough to be read as one".repeat(40),
  );
  for (const path of [join(directory, "file", "store.sqlite"), directory, join(directory, "text")])
    expect(() => sqliteStore({ path })).toThrow(
      expect.objectContaining({ code: "STORE_FAILED", subject: path }),
    );
  await rm(directory, { recursive: true });
});

test("what is restored gives no number twice, also of counters that began after the backup", async () => {
  const directory = await mkdtemp(join(tmpdir(), "outrider-sqlite-"));
  const [path, copy, again] = [join(directory, "a"), join(directory, "b"), join(directory, "c")];
  const store = sqliteStore({ path });
  const given = [await store.values.count("old")];
  backUpStore(path, copy);
  given.push(await store.values.count("old"), await store.values.count("new"));
  await store.close();
  restoreStore(copy, again);
  const restored = sqliteStore({ path: again });
  for (const key of ["old", "new", "new"]) given.push(await restored.values.count(key));
  expect(given).toEqual([1, 2, 1, 1_000_002, 1_000_001, 1_000_002]);
  await restored.close();
  await rm(directory, { recursive: true });
});

test("a copy appears whole or not at all, whatever a killed one left, and stays when it is put back", async () => {
  const directory = await mkdtemp(join(tmpdir(), "outrider-sqlite-"));
  const [path, copy, again] = [join(directory, "a"), join(directory, "b"), join(directory, "c")];
  const store = sqliteStore({ path });
  await store.values.set("key", "value");
  await store.close();
  for (const left of [copy, again]) await writeFile(`${left}.part`, "half a copy");
  backUpStore(path, copy);
  const copied = await readFile(copy);
  restoreStore(copy, again);
  expect((await readFile(copy)).equals(copied)).toBe(true);
  expect((await readdir(directory)).filter((name) => name.includes(".part"))).toEqual([]);
  await writeFile(copy, copied.subarray(0, copied.length - 4096)); // a page is lost
  expect(() => restoreStore(copy, again)).toThrow(
    expect.objectContaining({ code: "STORE_FAILED" }),
  );
  const restored = sqliteStore({ path: again });
  expect(await restored.values.get("key")).toBe("value");
  await restored.close();
  await rm(directory, { recursive: true });
});

test("another process that writes is waited for: what was read to decide is still true then", async () => {
  const directory = await mkdtemp(join(tmpdir(), "outrider-sqlite-"));
  const path = join(directory, "store.sqlite");
  const store = sqliteStore({ path });
  const other = new Worker(
    `const { DatabaseSync } = require("node:sqlite");
     const { parentPort, workerData } = require("node:worker_threads");
     const database = new DatabaseSync(workerData);
     database.exec("BEGIN IMMEDIATE; INSERT INTO buckets VALUES ('other', 1)");
     parentPort.postMessage("writes");
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
     database.exec("COMMIT");
     database.close();`,
    { eval: true, workerData: path },
  );
  await once(other, "message");
  const seen = await store.buckets.draw(
    ["other"],
    (full) => ({ fullAtMs: new Map([["own", 1]]), result: full.get("other") }),
    new Date(0),
  );
  expect(seen).toBe(1);
  await once(other, "exit");
  await store.close();
  await rm(directory, { recursive: true });
});
