import { randomBytes } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { createMessage, encrypt, readKey, type PartialConfig } from "openpgp";
import { expect, test } from "vitest";
import { testFolder, type TestFolder } from "../../../../../test/support/archives.ts";
import { nodeFileSystem } from "../../../../ports/index.ts";
import { mailUnsealer, openDecryptionKey, type MailUnsealerOptions } from "./index.ts";

async function seal(
  folder: TestFolder,
  bytes: Uint8Array,
  config: PartialConfig = {},
): Promise<string> {
  const { publicKey } = await openDecryptionKey(folder.at("key.asc"), "press-4");
  const path = folder.at("data.bin");
  const message = await createMessage({ binary: bytes });
  const encryptionKeys = await readKey({ armoredKey: publicKey });
  await writeFile(path, await encrypt({ message, encryptionKeys, format: "binary", config }));
  return path;
}

async function unseal(
  folder: TestFolder,
  path: string,
  options: Partial<MailUnsealerOptions> & { write?: (bytes: Uint8Array) => Promise<void> } = {},
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const secretKey = (): Promise<string> => readFile(folder.at("key.asc"), "utf8");
  const file = await nodeFileSystem.open(path, "read");
  try {
    const write = options.write ?? (async (piece) => void pieces.push(piece));
    await mailUnsealer({ secretKey, ...options }).unseal(file, write);
  } finally {
    await file.close();
  }
  return Buffer.concat(pieces);
}

test("makes the key once, for this user alone, and opens what was sealed to it", async () => {
  await using folder = await testFolder();
  const first = await openDecryptionKey(folder.at("key.asc"), "press-4");
  expect(await openDecryptionKey(folder.at("key.asc"), "press-4")).toEqual(first);
  expect((await stat(folder.at("key.asc"))).mode & 0o777).toBe(0o600);
  expect(first.publicKey).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----/);
  for (const config of [{}, { aeadProtect: true }]) {
    const bytes = randomBytes(300_000);
    expect(await unseal(folder, await seal(folder, bytes, config))).toEqual(bytes);
  }
});

test("damaged, cut off, for another, without any seal: MESSAGE_SEALED", async () => {
  await using folder = await testFolder();
  const sealed = await readFile(await seal(folder, randomBytes(100_000)));
  await using other = await testFolder();
  const forOther = await readFile(await seal(other, randomBytes(1000)));
  const damaged = Buffer.from(sealed);
  damaged[50_000] = (damaged[50_000] ?? 0) ^ 1;
  const plain = (await createMessage({ binary: randomBytes(1000) })).write() as Uint8Array;
  const shapes = {
    damaged,
    cut: sealed.subarray(0, 90_000),
    forOther,
    plain,
    noise: randomBytes(5000),
    nothing: Buffer.alloc(0),
  };
  for (const [name, bytes] of Object.entries(shapes)) {
    const path = folder.at(name);
    await writeFile(path, bytes);
    await expect(unseal(folder, path)).rejects.toMatchObject({ code: "MESSAGE_SEALED" });
  }
  await writeFile(folder.at("key.asc"), "no key");
  await expect(openDecryptionKey(folder.at("key.asc"), "x")).rejects.toMatchObject({
    code: "KEY_REFUSED",
  });
  await expect(unseal(folder, folder.at("damaged"))).rejects.toMatchObject({
    code: "MESSAGE_SEALED",
  });
});

test("a disk that is full while it is opened is not the message's fault", async () => {
  await using folder = await testFolder();
  const path = await seal(folder, randomBytes(300_000));
  const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
  await expect(unseal(folder, path, { write: () => Promise.reject(full) })).rejects.toBe(full);
});
