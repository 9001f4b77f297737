/**
 * N14: a message names `\\evil\share`, a file or an absolute path (opening it would send the machine's NTLM hash). Roots
 * come from local configuration only: a spy on the file system sees nothing opened outside them.
 */
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { httpObtainer } from "../../src/obtain/http/index.ts";
import { uncObtainer } from "../../src/obtain/unc/index.ts";
import { nodeFileSystem, type FileSystem } from "../../src/ports/index.ts";
import { uncReceiver } from "../../src/transports/unc/receiver/index.ts";
import { uncSender } from "../../src/transports/unc/sender/index.ts";
import { testArchive, testFolder } from "../support/archives.ts";

const { signal } = new AbortController();
const hostile = [
  "\\\\evil\\share\\x",
  "//evil/share/x",
  "file:///etc/hostname",
  "file://evil/share/x",
  "/etc/hostname",
  "C:\\Windows\\x",
  "..",
  "../../etc/hostname",
  `../${"a".repeat(64)}`,
  `${"a".repeat(63)}/`,
  "A".repeat(64),
  `${"a".repeat(64)}\0`,
  "",
];

/** Every path that is touched. */
function spying(touched: string[]): FileSystem {
  const spied = Object.entries(nodeFileSystem).map(([name, method]) => [
    name,
    (path: string, ...rest: unknown[]) => {
      touched.push(path);
      return (method as (...args: unknown[]) => unknown)(path, ...rest);
    },
  ]);
  return Object.fromEntries(spied) as FileSystem;
}

describe("N14 the push/pull utility", () => {
  test.each(hostile)("N14 %j for a digest: no file is touched", async (sha256) => {
    await using folder = await testFolder();
    const touched: string[] = [];
    const obtainer = uncObtainer({ roots: [folder.path], fileSystem: spying(touched) });
    const obtaining = obtainer.obtain(
      { sha256, size: 1, target: folder.at("archive") },
      { signal },
    );
    await expect(obtaining).rejects.toMatchObject({ code: "SOURCE_FORBIDDEN" });
    expect(touched).toEqual([]);
  });

  test.each(hostile)(
    "N14 %j for a source's url: only the configured root and the target are touched",
    async (url) => {
      await using folder = await testFolder();
      const touched: string[] = [];
      const obtainer = uncObtainer({ roots: [folder.at("share")], fileSystem: spying(touched) });
      const { sha256, size } = testArchive(10);
      const obtaining = obtainer.obtain(
        { sha256, size, url, target: folder.at("archive") },
        { signal },
      );
      await expect(obtaining).rejects.toMatchObject({ code: "UNAVAILABLE" });
      expect(touched.every((path) => path.startsWith(folder.path))).toBe(true);
    },
  );
});

test.each(hostile)(
  "N14 %j as an http source: no file is touched, nothing is asked",
  async (url) => {
    await using folder = await testFolder();
    const touched: string[] = [];
    const obtainer = httpObtainer({ hosts: ["vendor.test"], fileSystem: spying(touched) });
    const { sha256, size } = testArchive(10);
    const obtaining = obtainer.obtain(
      { sha256, size, url, target: folder.at("archive") },
      { signal },
    );
    await expect(obtaining).rejects.toMatchObject({ code: "SOURCE_FORBIDDEN" });
    expect(touched).toEqual([]);
  },
);

test("N14 a catalog that names paths: the shelf touches nothing outside the root", async () => {
  await using folder = await testFolder();
  await uncSender({ root: folder.path }).publish({ catalog: Buffer.from("{}") });
  const touched: string[] = [];
  const receiver = uncReceiver({ root: folder.path, pollMs: 5, fileSystem: spying(touched) });
  for await (const { shelf } of receiver.receive({ signal })) {
    touched.length = 0;
    for (const name of hostile)
      await expect(shelf?.notification(name, { signal })).rejects.toMatchObject({
        code: "SOURCE_FORBIDDEN",
      });
    for (const version of [0, -1, 1.5, NaN, Infinity, "../1" as unknown as number])
      await expect(shelf?.trust(version, { signal })).rejects.toMatchObject({
        code: "SOURCE_FORBIDDEN",
      });
    expect(touched).toEqual([]);
    break;
  }
});

test("N14 a planted link or folder on the share is not opened", async () => {
  await using folder = await testFolder();
  const archive = testArchive(1000);
  await writeFile(folder.at("private"), archive.bytes);
  await mkdir(folder.at("share", "packages"), { recursive: true });
  await symlink(folder.at("private"), folder.at("share", "packages", `${archive.sha256}.outrider`));
  const touched: string[] = [];
  const obtainer = uncObtainer({ roots: [folder.at("share")], fileSystem: spying(touched) });
  const { sha256, size } = archive;
  await expect(
    obtainer.obtain({ sha256, size, target: folder.at("archive") }, { signal }),
  ).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(touched).not.toContain(folder.at("private"));
  expect(await readdir(folder.path)).toEqual(["private", "share"]);
});
