import { expect, test } from "vitest";
import { crashImages } from "../../../test/support/crash-images.ts";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
import { syncedWrite } from "../../ports/index.ts";
import { Journal, listDeployments, type JournalRecord } from "./journal.ts";

const manifest = "a".repeat(64);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const first: JournalRecord = {
  format: 1,
  state: "authenticated",
  writes: 0,
  package: { name: "demo-app", version: "2.0.0", manifest },
  notification: "n",
  deployment: "d",
  transport: "unc",
  authenticatedAt: "2026-11-22T12:00:00Z",
  attempts: 0,
  trace: [],
};

async function begun(): Promise<{ disk: MemoryDisk; journal: Journal; record: JournalRecord }> {
  const disk = new MemoryDisk();
  await disk.makeDirectory("/data");
  const journal = new Journal(disk, "/data", manifest);
  const record = await journal.begin(first, bytesOf("the notification"));
  return { disk, journal, record };
}

test("every write counts, so that a journal that loops is seen", async () => {
  const { journal, record } = await begun();
  expect(record.writes).toBe(1);
  expect((await journal.write(record)).writes).toBe(2);
  expect((await journal.read())?.writes).toBe(2);
});

test("what grew too large to be read again is not written, and what is there stays", async () => {
  const { journal, record } = await begun();
  const trace = ["x".repeat(1024 * 1024)];
  await expect(journal.write({ ...record, trace })).rejects.toMatchObject({
    code: "DOCUMENT_TOO_LARGE",
  });
  expect(await journal.read()).toEqual(record);
});

test.each([
  ["no JSON", "{"],
  ["another form", JSON.stringify({ ...first, format: 2 })],
  ["a state that nobody knows", JSON.stringify({ ...first, state: "flying" })],
  ["a name that every object has", JSON.stringify({ ...first, state: "constructor" })],
])("a journal that is %s is none", async (_, text) => {
  const { disk, journal } = await begun();
  await syncedWrite(disk, `/data/${manifest}/journal.json`, bytesOf(text));
  expect(await journal.read()).toBeUndefined();
});

test("after a power cut at any moment it is the old or the new one, never without its notification", async () => {
  const disk = new MemoryDisk();
  await disk.makeDirectory("/data");
  const worked = disk.clone();
  const record = await new Journal(worked, "/data", manifest).begin(first, bytesOf("text"));
  await new Journal(worked, "/data", manifest).write({ ...record, state: "obtained" });
  for (const image of crashImages(disk, worked)) {
    const journal = new Journal(image.disk, "/data", manifest);
    const found = await journal.read();
    const states =
      image.after === worked.record.length
        ? ["obtained"]
        : [undefined, "authenticated", "obtained"];
    expect(states, `after ${image.after}, ${image.lost} lost`).toContain(found?.state);
    if (found !== undefined) expect(await journal.readNotification()).toEqual(bytesOf("text"));
  }
});

test("only folders that are named as manifests are deployments", async () => {
  const { disk } = await begun();
  for (const name of ["x", manifest.toUpperCase(), `${manifest}0`, `${manifest}.tmp`])
    await disk.makeDirectory(`/data/${name}`);
  expect(await listDeployments(disk, "/data")).toEqual([manifest]);
  expect(await listDeployments(disk, "/nowhere")).toEqual([]);
});
