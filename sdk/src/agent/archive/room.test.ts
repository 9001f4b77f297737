import { expect, test } from "vitest";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
import type { Manifest } from "../../schema/index.ts";
import { requireRoom, unpackedBytes } from "./room.ts";

test("a release takes what its files do, and some room beside them", () => {
  const files = [10, 20, 30].map((size) => ({ path: `${size}`, size }));
  expect(unpackedBytes({ files } as unknown as Manifest, undefined)).toBe(60 + 8 * 1024 * 1024);
});

test("what the policy keeps free is not used, down to the last byte", async () => {
  const fileSystem = new MemoryDisk();
  fileSystem.free = 1000;
  const wanted = (bytes: number) => ({ what: "demo-app 1.0.0", bytes, folder: "/" });
  await requireRoom(wanted(1000), { fileSystem });
  await requireRoom(wanted(600), { fileSystem, keepFreeBytes: 400 });
  await expect(requireRoom(wanted(601), { fileSystem, keepFreeBytes: 400 })).rejects.toMatchObject({
    code: "SPACE",
  });
});
