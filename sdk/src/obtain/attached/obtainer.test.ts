import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { testArchive, testFolder } from "../../../test/support/archives.ts";
import { verifies } from "../../../test/support/verifies.ts";
import { attachedObtainer } from "./index.ts";

const signal = new AbortController().signal;

test("takes what came along, and leaves nothing behind", async () => {
  verifies("step-86");
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(2_500_000);
  const attachment = { path: folder.at("attachment"), size };
  await writeFile(attachment.path, bytes);
  const progress: number[] = [];
  const request = {
    sha256,
    size,
    target: folder.at("archive"),
    attachment,
    onProgress: (at: number) => void progress.push(at),
  };
  const obtained = await attachedObtainer().obtain(request, { signal });
  expect(obtained).toEqual({ path: folder.at("archive"), transferred: size });
  expect((await readFile(obtained.path)).equals(bytes)).toBe(true);
  expect(progress.at(-1)).toBe(size);
  expect(await folder.names()).toEqual(["archive"]);
  expect(await attachedObtainer().obtain(request, { signal })).toMatchObject({ transferred: 0 });
});

test("refuses another archive, and another length", async () => {
  await using folder = await testFolder();
  const { bytes, size } = testArchive(1000);
  const attachment = { path: folder.at("attachment"), size };
  await writeFile(attachment.path, bytes);
  for (const wanted of [
    { sha256: "0".repeat(64), size },
    { sha256: "0".repeat(64), size: size + 1 },
  ]) {
    const obtaining = attachedObtainer().obtain(
      { ...wanted, target: folder.at("archive"), attachment },
      { signal },
    );
    await expect(obtaining).rejects.toMatchObject({ code: "PACKAGE_DIGEST" });
  }
  expect(await folder.names()).toEqual(["attachment"]);
});

test("nothing came along: another source may do", async () => {
  await using folder = await testFolder();
  const request = { sha256: "0".repeat(64), size: 1, target: folder.at("archive") };
  await expect(attachedObtainer().obtain(request, { signal })).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
});
