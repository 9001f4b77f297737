import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generateKey } from "../openpgp/index.ts";
import { listKeyFiles } from "./directory.ts";
import { fileKeySource } from "./file.ts";

test("a directory of key files: what is in each, and what cannot be read", async () => {
  const directory = await mkdtemp(join(tmpdir(), "keys-"));
  try {
    const made = await generateKey({ userId: { name: "Release" }, passphrase: "x" });
    await writeFile(join(directory, "release.asc"), made.publicKey);
    await writeFile(join(directory, "release.secret.asc"), made.secretKey);
    await writeFile(join(directory, "release.revocation.asc"), made.revocationCertificate);
    await writeFile(join(directory, "broken.asc"), "rubbish");
    await writeFile(join(directory, "notes.txt"), "not ours");
    await mkdir(join(directory, "folder.asc"));
    const { fingerprint } = made;
    const path = (name: string): string => join(directory, name);
    expect(await listKeyFiles(directory)).toMatchObject([
      { path: path("broken.asc"), keys: [], problem: expect.stringContaining("no OpenPGP key") },
      { path: path("release.asc"), keys: [{ fingerprint, secret: "none" }] },
      { path: path("release.secret.asc"), keys: [{ fingerprint, secret: "locked" }] },
    ]);
    const source = await fileKeySource({ armored: made.secretKey, passphrase: "x" });
    expect(source.fingerprint).toBe(fingerprint);
  } finally {
    await rm(directory, { recursive: true });
  }
});
