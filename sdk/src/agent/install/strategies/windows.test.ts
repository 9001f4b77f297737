/** The strategies on a file system that refuses what Windows refuses. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem, type FileSystem } from "../../../ports/index.ts";
import { windowsFileSystem } from "../../../ports/windows-filesystem.ts";
import type { Install } from "../../../schema/index.ts";
import type { Placement } from "../deployer.ts";
import { directoryStrategy } from "./directory.ts";
import { filesStrategy } from "./files.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outrider-windows-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const { signal } = new AbortController();
const busy = (): Error => Object.assign(new Error("EBUSY"), { code: "EBUSY", syscall: "rename" });

/** A rename over a link, or of what is held, is refused. */
const plain: FileSystem = {
  ...nodeFileSystem,
  async rename(from, to) {
    if ((await nodeFileSystem.stat(to))?.kind === "link")
      throw Object.assign(new Error("EPERM"), { code: "EPERM", syscall: "rename" });
    await nodeFileSystem.rename(from, to);
  },
};
const windows = windowsFileSystem(plain, 0);

async function unpacked(
  version: string,
  strategy: Install["strategy"],
  files: Readonly<Record<string, string>> = { "app.txt": version },
): Promise<Placement> {
  const digest = version.replaceAll(".", "").padEnd(64, "0");
  const stagingDirectory = join(root, "staging", digest.slice(0, 8));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(stagingDirectory, path)), { recursive: true });
    await writeFile(join(stagingDirectory, path), text);
  }
  const install = { strategy };
  return { name: "demo", version, digest, install, packageDirectory: root, stagingDirectory };
}

const running = (path = "app.txt"): Promise<string> =>
  readFile(join(root, "current", path), "utf8");

async function installed(version: string): Promise<Placement> {
  const placement = await unpacked(version, "directory");
  const directory = directoryStrategy(windows);
  const undo = await directory.stage(placement, { signal });
  await directory.activate(placement, { signal, undo });
  await directory.finish(placement, undo);
  return placement;
}

test("directory: forward and back over links that no rename replaces", async () => {
  await installed("1.0.0");
  const placement = await unpacked("2.0.0", "directory");
  const directory = directoryStrategy(windows);
  const undo = await directory.stage(placement, { signal });
  await directory.activate(placement, { signal, undo });
  expect(await running()).toBe("2.0.0");
  await directory.restore(placement, undo);
  expect(await running()).toBe("1.0.0");
  expect(await nodeFileSystem.list(join(root, "versions"))).toEqual(["1.0.0-10000000"]);
});

test.each(["on", "back"] as const)(
  "directory: killed between the two steps of the switch, it goes %s",
  async (way) => {
    await installed("1.0.0");
    const placement = await unpacked("2.0.0", "directory");
    const killed = windowsFileSystem(
      {
        ...plain,
        async rename(from, to) {
          if (to.endsWith("current") && (await plain.stat(to)) === undefined) throw busy();
          await plain.rename(from, to);
        },
      },
      0,
    );
    const undo = await directoryStrategy(killed).stage(placement, { signal });
    await expect(
      directoryStrategy(killed).activate(placement, { signal, undo }),
    ).rejects.toMatchObject({ code: "EBUSY" });
    await expect(running()).rejects.toMatchObject({ code: "ENOENT" });
    const again = directoryStrategy(windows);
    if (way === "on") await again.activate(placement, { signal, undo });
    else await again.restore(placement, undo);
    expect(await running()).toBe(way === "on" ? "2.0.0" : "1.0.0");
  },
);

test("directory: a version from which a program still runs is left for the next release to remove", async () => {
  const first = await installed("1.0.0");
  await installed("2.0.0");
  const isHeldHere = { until: true };
  const holding: FileSystem = {
    ...windows,
    async remove(path) {
      if (isHeldHere.until && path.includes("1.0.0")) throw busy();
      await windows.remove(path);
    },
  };
  const directory = directoryStrategy(holding);
  const third = await unpacked("3.0.0", "directory");
  const undo = await directory.stage(third, { signal });
  await directory.activate(third, { signal, undo });
  await directory.finish(third, undo);
  expect(await running()).toBe("3.0.0");
  expect(await nodeFileSystem.stat(directory.directoryOf(first))).toBeDefined();
  isHeldHere.until = false;
  await directory.finish(third, undo);
  expect(await nodeFileSystem.stat(directory.directoryOf(first))).toBeUndefined();
});

test("files: while one of them is in use none is replaced, forward and back, and once it is free all are", async () => {
  const old = await unpacked("1.0.0", "files", { "a.txt": "1", "z.exe": "1" });
  const held = new Set<string>();
  const files = filesStrategy({
    ...windows,
    async requireFree(path) {
      if (held.has(path)) throw busy();
      await windows.requireFree?.(path);
    },
  });
  const first = await files.stage(old, { signal });
  await files.activate(old, { signal, undo: first });
  await files.finish(old, first);
  const placement = await unpacked("2.0.0", "files", { "a.txt": "2", "new.txt": "2" });
  const undo = await files.stage(placement, { signal });
  held.add(join(root, "current", "z.exe"));
  await expect(files.activate(placement, { signal, undo })).rejects.toMatchObject({
    code: "DEFERRED",
    subject: join(root, "current", "z.exe"),
  });
  expect([await running("a.txt"), await running("z.exe")]).toEqual(["1", "1"]);
  held.clear();
  await files.activate(placement, { signal, undo });
  expect(await running("a.txt")).toBe("2");
  await expect(running("z.exe")).rejects.toMatchObject({ code: "ENOENT" });
  held.add(join(root, "current", "new.txt"));
  await expect(files.restore(placement, undo)).rejects.toMatchObject({ code: "DEFERRED" });
  expect([await running("a.txt"), await running("new.txt")]).toEqual(["2", "2"]);
  held.clear();
  await files.restore(placement, undo);
  expect([await running("a.txt"), await running("z.exe")]).toEqual(["1", "1"]);
});
