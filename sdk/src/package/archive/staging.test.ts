import { expect, test } from "vitest";
import { FaultFileSystem } from "../../../test/support/fault-filesystem.ts";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
import type { FileSystem } from "../../ports/index.ts";
import { StagingFolder } from "./staging.ts";

const root = "/release.partial";
/** More folders than are worked on at once, some of them with nothing but folders in them. */
const files = Array.from({ length: 40 }, (_, at) => `${"deeper/".repeat(at % 4)}f${at}/g/h${at}`);

async function fill(fileSystem: FileSystem): Promise<StagingFolder> {
  const staging = await StagingFolder.make(fileSystem, root, files);
  for (const file of files)
    await staging.write(file, 0o644, (handle) => handle.write(new TextEncoder().encode(file)));
  return staging;
}

test("every file and every folder is durable with all that it holds", async () => {
  const disk = new MemoryDisk();
  await (await fill(disk)).sync();
  const last = (kind: "enter" | "write" | "sync" | "syncFolder", id: number): number =>
    disk.record.findLastIndex(
      (one) =>
        one.kind === kind &&
        ("folder" in one ? one.folder === id : "node" in one && one.node === id),
    );
  const staged = [...disk.made].filter(([id]) => id !== 1);
  expect(staged).toHaveLength(40 + 80 + 3);
  for (const [id, { kind }] of staged)
    if (kind === "file") expect(last("sync", id)).toBeGreaterThan(last("write", id));
    else expect(last("syncFolder", id)).toBeGreaterThan(last("enter", id));
});

test("folders have their mode, whatever the umask; the outermost is closed to others", async () => {
  const disk = new MemoryDisk();
  await (await fill(disk)).sync();
  const modeOf = async (path: string) => (await disk.stat(path))?.mode;
  expect(await modeOf(root)).toBe(0o700);
  for (const path of ["deeper", "deeper/deeper/deeper/f3", "f0/g"])
    expect(await modeOf(`${root}/${path}`)).toBe(0o755);
});

test("whichever folder or file cannot be made durable, that is told and nothing is left", async () => {
  const calls = files.length + 2 * (1 + 80 + 3); // a file's fsync; a folder's list and fsync
  for (let at = 1; at <= calls; at += 7) {
    const disk = new MemoryDisk();
    const faulty = new FaultFileSystem(disk);
    const staging = await fill(faulty);
    faulty.fault = { at: faulty.calls + at, kind: "fail" };
    await expect(staging.sync()).rejects.toMatchObject({ code: "EIO" });
    await staging.remove();
    expect(await disk.stat(root)).toBeUndefined();
  }
});
