import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { storeConformance } from "../../testing/store-conformance.ts";
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
