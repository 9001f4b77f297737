/** Patch archives that nobody should apply: any index, around a true manifest, against a release of a few files. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { constants, zstdCompressSync } from "node:zlib";
import { installedBase, type BaseRelease, type SignedManifest } from "../../src/package/index.ts";
import { nodeFileSystem as fileSystem, type FileSystem } from "../../src/ports/index.ts";
import type { TestFolder } from "./archives.ts";
import { hostileZip, trueArchive } from "./hostile-archive.ts";

/** An entry of the index as an attacker writes it, and the bytes of its entry if it has one. */
export interface HostilePatchEntry {
  readonly encoding: string;
  readonly base?: string;
  readonly length?: number;
  readonly data?: Uint8Array;
}

/** What is installed: a large file, and a small one. */
export const installed: Record<"app.bin" | "small.txt", string> = {
  "app.bin": randomBytes(900_000).toString("base64"),
  "small.txt": "small",
};
/** What shall be installed. */
export const wanted: typeof installed = {
  "app.bin": `${installed["app.bin"]} and more`,
  "small.txt": "small",
};

const older: SignedManifest = trueArchive(installed).manifest;
/** The manifest that was signed for what is wanted. */
export const newer: SignedManifest = trueArchive(wanted, { version: "1.1.0" }).manifest;
/** Names the base. */
export const baseDigest: string = digestOf(older.bytes);

export function digestOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** zstd against a base; the window as a right patch has it unless given. */
export function delta(content: string | Uint8Array, base: string, windowLog = 22): Buffer {
  const bytes = Buffer.from(content);
  return zstdCompressSync(bytes, {
    dictionary: Buffer.from(base),
    params: { [constants.ZSTD_c_windowLog]: windowLog },
  });
}

/** The archive; `none` names no base. Entries in manifest order; what is not given is as it should be. */
export function hostilePatch(
  entries: Partial<Record<keyof typeof wanted, HostilePatchEntry>> = {},
  { base = baseDigest, manifest = newer }: { base?: string; manifest?: SignedManifest } = {},
): Buffer {
  const stored = delta(wanted["app.bin"], installed["app.bin"]);
  const all: Record<string, HostilePatchEntry> = {
    "app.bin": { encoding: "zstd-patch", base: digestOf(installed["app.bin"]), data: stored },
    "small.txt": { encoding: "same" },
    ...entries,
  };
  const index = {
    type: "archive/1",
    ...(base === "none" ? {} : { base }),
    entries: Object.entries(all).map(([path, { data, ...entry }]) => ({
      path,
      ...entry,
      ...(data === undefined || entry.length !== undefined ? {} : { length: data.length }),
    })),
  };
  return hostileZip([
    { name: "manifest.json", data: manifest.bytes },
    { name: "manifest.json.asc", data: new Uint8Array(0) },
    { name: "archive.json", data: Buffer.from(`${JSON.stringify(index)}\n`) },
    ...Object.entries(all).flatMap(([name, { data }]) =>
      data === undefined ? [] : [{ name, data }],
    ),
  ]);
}

/** Puts the release in place, as an agent did. */
export async function layOutBase(
  folder: TestFolder,
  through: FileSystem = fileSystem,
): Promise<BaseRelease> {
  for (const [name, content] of Object.entries(installed)) {
    await mkdir(dirname(folder.at("installed", name)), { recursive: true });
    await writeFile(folder.at("installed", name), content);
  }
  return installedBase({
    manifest: older,
    manifestSha256: baseDigest,
    variant: undefined,
    directory: folder.at("installed"),
    fileSystem: through,
  });
}
