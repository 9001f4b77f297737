/** THREATS N14: whoever prepared a share or stick made links of its folders, so that receipts are written and removed elsewhere. */
import { mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { nodeFileSystem } from "../../src/ports/index.ts";
import { directoryShare, treeNames } from "../../src/transport/tree/index.ts";
import { testArchive, testFolder } from "../support/archives.ts";

const digest = "a".repeat(64);

test.skipIf(process.platform === "win32")(
  "N14 nothing is written, opened to others, listed or removed through a linked folder",
  async () => {
    await using folder = await testFolder();
    const victim = folder.at("victim");
    await mkdir(victim, { mode: 0o700 });
    await writeFile(folder.at("victim", `${digest}.json`), "mine");
    await mkdir(folder.at("stick"));
    for (const name of ["receipts", "notifications", "packages"])
      await symlink(victim, folder.at("stick", name));
    const share = directoryShare(folder.at("stick"), nodeFileSystem);
    const refused = { code: "UNAVAILABLE", message: expect.stringContaining("is a link") };
    const archive = testArchive(10);
    await writeFile(folder.at("source"), archive.bytes);
    const source = { path: folder.at("source"), sha256: archive.sha256, size: archive.size };
    for (const work of [
      () => share.write(treeNames.receipt("b".repeat(64)), new Uint8Array(1)),
      () => share.write(treeNames.receipt(digest), new Uint8Array(1)),
      () => share.store(treeNames.package(archive.sha256), source),
      () => share.list(treeNames.receipts),
      () => share.read(treeNames.notification(digest), 100),
      () => share.remove(treeNames.receipt(digest)),
    ])
      await expect(work()).rejects.toMatchObject(refused);
    expect((await stat(victim)).mode & 0o777).toBe(0o700);
    expect(await readdir(victim)).toEqual([`${digest}.json`]);
  },
);

test("N14 the root itself may be a link: it is named by this machine's own configuration", async () => {
  await using folder = await testFolder();
  await mkdir(folder.at("real"));
  await symlink(folder.at("real"), folder.at("root"), "junction");
  for (const root of [folder.at("root"), `${folder.at("root")}/`]) {
    const share = directoryShare(root, nodeFileSystem);
    await share.write(treeNames.catalog, new Uint8Array(1));
    await share.write(treeNames.receipt(digest), new Uint8Array(1));
    expect(await share.read(treeNames.catalog, 10)).toHaveLength(1);
    expect(await share.list(treeNames.receipts)).toMatchObject([{ name: `${digest}.json` }]);
  }
});
