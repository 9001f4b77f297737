import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem, type FileSystem } from "./index.ts";
import { windowsFileSystem } from "./windows-filesystem.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-windows-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function held(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: "rename" });
}

/** As Windows is: a rename over a link is refused. */
const refusing: FileSystem = {
  ...nodeFileSystem,
  async rename(from, to) {
    if ((await nodeFileSystem.stat(to))?.kind === "link") throw held("EPERM");
    await nodeFileSystem.rename(from, to);
  },
};

test.each(["EPERM", "EACCES", "EBUSY"])(
  "what a virus scanner holds (%s) is renamed and removed once it lets go",
  async (code) => {
    let refusals = 0;
    const scanned: FileSystem = {
      ...nodeFileSystem,
      async rename(from, to) {
        if (refusals++ < 3) throw held(code);
        await nodeFileSystem.rename(from, to);
      },
      async remove(path) {
        if (refusals++ < 3) throw held(code);
        await nodeFileSystem.remove(path);
      },
    };
    const files = windowsFileSystem(scanned);
    await writeFile(join(folder, "a"), "new");
    await writeFile(join(folder, "b"), "old");
    await files.rename(join(folder, "a"), join(folder, "b"));
    expect(await readFile(join(folder, "b"), "utf8")).toBe("new");
    refusals = 0;
    await files.remove(join(folder, "b"));
    expect(await files.list(folder)).toEqual([]);
  },
);

test("what stays held is told after a while; what is not there, at once", async () => {
  let refusals = 0;
  const locked: FileSystem = {
    ...nodeFileSystem,
    rename: async () => {
      refusals++;
      throw held("EBUSY");
    },
  };
  const files = windowsFileSystem(locked, 50);
  await expect(files.rename("a", "b")).rejects.toMatchObject({ code: "EBUSY" });
  expect(refusals).toBeGreaterThan(2);
  const patient = windowsFileSystem(nodeFileSystem, 3_600_000);
  await expect(patient.rename(join(folder, "a"), join(folder, "b"))).rejects.toMatchObject({
    code: "ENOENT",
  });
});

test("a link takes the place of a link though a rename does not, and nothing else is removed for it", async () => {
  const files = windowsFileSystem(refusing, 0);
  await mkdir(join(folder, "versions", "1"), { recursive: true });
  await symlink(join(folder, "versions", "1"), join(folder, "current"));
  await files.link(join("versions", "2"), join(folder, "next"));
  await files.rename(join(folder, "next"), join(folder, "current"));
  expect(await files.readLink(join(folder, "current"))).toBe(join("versions", "2"));
  expect(await files.list(folder)).toEqual(["current", "versions"]);
  await writeFile(join(folder, "file"), "");
  await expect(files.rename(join(folder, "file"), join(folder, "current"))).rejects.toMatchObject({
    code: "EPERM",
  });
  expect((await files.stat(join(folder, "current")))?.kind).toBe("link");
});

test("the absolute target of a junction, with a backslash at its end, is said from the link's folder", async () => {
  await symlink(`${join(folder, "versions", "1.0.0-12345678")}/`, join(folder, "current"));
  expect(await readlink(join(folder, "current"))).toMatch(/^\/.*\/$/);
  expect(await windowsFileSystem(nodeFileSystem).readLink(join(folder, "current"))).toBe(
    join("versions", "1.0.0-12345678"),
  );
});

test("a link is not opened, though the system would follow it", async () => {
  await writeFile(join(folder, "secret"), "");
  await symlink(join(folder, "secret"), join(folder, "link"));
  const following: FileSystem = {
    ...nodeFileSystem,
    open: (_path, mode) => nodeFileSystem.open(join(folder, "secret"), mode),
  };
  const files = windowsFileSystem(following);
  await expect(files.open(join(folder, "link"), "read")).rejects.toMatchObject({ code: "ELOOP" });
  await (await files.open(join(folder, "secret"), "read")).close();
});

test("a folder is not opened to be synced", async () => {
  const unopenable: FileSystem = {
    ...nodeFileSystem,
    syncDirectory: async () => Promise.reject(held("EPERM")),
  };
  await windowsFileSystem(unopenable).syncDirectory(folder);
});

test.runIf(process.platform === "linux")(
  "a program that runs is not free to be replaced; one that does not, is",
  async () => {
    const program = join(folder, "program");
    await copyFile("/bin/sleep", program);
    const files = windowsFileSystem(nodeFileSystem, 0);
    await files.requireFree?.(program);
    const child = spawn(program, ["600"], { stdio: "ignore" });
    const ended = once(child, "exit");
    await once(child, "spawn");
    await expect(files.requireFree?.(program)).rejects.toMatchObject({ code: "ETXTBSY" });
    child.kill("SIGKILL");
    await ended;
    await files.requireFree?.(program);
  },
);
