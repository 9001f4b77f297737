import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { DeploymentPlan } from "../../ledger/index.ts";
import { storeConformance } from "../../testing/store-conformance/index.ts";
import { backUpStore, restoreStore } from "./backup.ts";
import { sqliteStore } from "./index.ts";

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
  const store = sqliteStore({ path });
  await store.values.set("a", "b");
  expect((await stat(`${path}-wal`)).size).toBeGreaterThan(0);
  await store.close();
  await store.close(); // twice is no error
  const raw = new DatabaseSync(path);
  expect(raw.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  raw.exec("PRAGMA user_version = 999");
  raw.close();
  expect(() => sqliteStore({ path })).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
  await rm(directory, { recursive: true });
});

test.skipIf(process.platform === "win32")(
  "the store, its backup and what is restored are their owner's alone, whatever the umask",
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "outrider-sqlite-"));
    const [path, copy, again] = ["store", "copy", "again"].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    const store = sqliteStore({ path });
    await store.values.set("a", "b");
    backUpStore(path, copy);
    const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;
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
  const entering = store.deployments.plan(plan);
  await new Promise((resolve) => setImmediate(resolve)); // after the first transaction
  await store.close();
  await expect(entering).rejects.toThrow();
  const again = sqliteStore({ path });
  expect(await again.deployments.list()).toEqual([]);
  await again.deployments.plan(plan);
  const raw = new DatabaseSync(path);
  const rows = (): unknown => raw.prepare("SELECT count(*) AS count FROM ledger").get();
  expect(rows()).toEqual({ count: 8500 });
  raw.exec("UPDATE deployments SET id = 'planning/1/x' WHERE id GLOB 'planning/*'"); // long ago
  await again.deployments.plan(largePlan("22222222-2222-4222-8222-222222222222"));
  expect(rows()).toEqual({ count: 12_000 });
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
