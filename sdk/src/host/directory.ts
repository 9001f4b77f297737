/**
 * The package host as a directory. Everything is named by its digest and never changes once it is there, so what was
 * hashed is what is served (THREATS T4): an archive is copied while it is hashed, and all checks are made on the copy.
 *
 *     archives/<sha256>.outrider     what agents get
 *     releases/<manifest>.json       the release's record, written last: a release is there when this is
 *     secrets/<manifest>.sha512      SHA-512 of the contents, which triggers are bound with; mode 0600
 *     incoming/                      copies that are not checked yet; emptied at start
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { OutriderError } from "../errors/index.ts";
import { sealText, type SealedDocument } from "../messages/index.ts";
import { openArchive } from "../package/index.ts";
import { nodeFileSystem, readWhole, syncedWrite, type FileSystem } from "../ports/index.ts";
import type { Manifest } from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import type { TrustSet, Verified } from "../trust/index.ts";
import { checkArchive } from "./check.ts";
import { copyWhileHashing } from "./copy.ts";
import { findArchives } from "./find.ts";
import { readRecord, recordOf, type ReleaseRecord } from "./record.ts";

/** Where it is. */
export interface DirectoryHostOptions {
  /** Its folder; made, mode 0700. */
  readonly path: string;
  readonly fileSystem?: FileSystem;
}

/** One archive on the host. */
export interface PublishedArchive {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the manifest that must be installed, for a patch. */
  readonly base?: string;
  /** The file. */
  readonly path: string;
}

/** A release on the host. */
export interface PublishedPackage {
  readonly manifestSha256: string;
  readonly manifest: Manifest;
  readonly sealed: SealedDocument<"manifest/1">;
  /** SHA-512 of the contents, 64 bytes: a secret. */
  readonly contentsSha512: Uint8Array;
  /** The full archive first. */
  readonly archives: readonly PublishedArchive[];
}

/** How to publish. */
export interface PublishOptions {
  /** Who may release what. */
  readonly trust: TrustSet;
  readonly now: Date;
  readonly signal?: AbortSignal;
  /** Called with the bytes copied so far. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/** Where packages lie. */
export interface DirectoryHost {
  /**
   * Copies a package in, checks its signatures and every file's digest, and lists it.
   *
   * @param path an archive (`NAME-VERSION.outrider`, or a patch of a release that is here), or the folder that
   * `outrider build` made, with its patches.
   * @throws the codes of TrustSet.verifyManifest; PACKAGE_*, among them PACKAGE_BASE for a patch of or against a release
   * that is not here; FILE_MISSING, FILE_UNREADABLE; PACKAGE_CONFLICT if another
   * manifest was published for this version; CANCELLED
   */
  publish(path: string, options: PublishOptions): Promise<PublishedPackage>;
  /** The release with this manifest. */
  find(manifestSha256: string): Promise<PublishedPackage | undefined>;
  /** An archive by its digest. */
  archive(sha256: string): Promise<PublishedArchive | undefined>;
  /** Every release, by name and then by version as text. */
  list(): Promise<readonly ReleaseRecord[]>;
}

/** Opens the host, making its folders. @throws FILE_UNREADABLE */
export async function directoryHost({
  path,
  fileSystem = nodeFileSystem,
}: DirectoryHostOptions): Promise<DirectoryHost> {
  await fileSystem.remove(join(path, "incoming"));
  for (const folder of ["archives", "releases", "secrets", "incoming"])
    await fileSystem.makeDirectory(join(path, folder));
  return new Host(path, fileSystem);
}

const maxRecordBytes = 34 * 1024 * 1024;
const digestForm = /^[0-9a-f]{64}$/;

class Host implements DirectoryHost {
  readonly #path: string;
  readonly #fileSystem: FileSystem;
  /** Archives that were found: their facts never change. */
  readonly #archives = new Map<string, PublishedArchive>();
  readonly #releases = new Map<string, PublishedPackage>();

  constructor(path: string, fileSystem: FileSystem) {
    this.#path = path;
    this.#fileSystem = fileSystem;
  }

  async publish(path: string, options: PublishOptions): Promise<PublishedPackage> {
    const [first = path, ...patches] = await findArchives(path, this.#fileSystem);
    let published = await this.#publishArchive(first, options);
    for (const patch of patches) published = await this.#publishArchive(patch, options);
    return published;
  }

  async #publishArchive(source: string, options: PublishOptions): Promise<PublishedPackage> {
    const fileSystem = this.#fileSystem;
    const copy = join(this.#path, "incoming", `${randomUUID()}.outrider`);
    try {
      const { sha256, size } = await copyWhileHashing(source, copy, fileSystem, options);
      const archive = await openArchive(
        { path: copy, sha256, size },
        { fileSystem, ...(options.signal === undefined ? {} : { signal: options.signal }) },
      );
      const { base } = archive.head.index;
      const { verified, contents } = await checkArchive(archive, source, this, options);
      const facts = { sha256, size, ...(base === undefined ? {} : { base }) };
      return await this.#keep(copy, facts, verified, contents);
    } finally {
      await fileSystem.remove(copy);
    }
  }

  async find(manifestSha256: string): Promise<PublishedPackage | undefined> {
    const known = this.#releases.get(manifestSha256);
    if (known !== undefined || !digestForm.test(manifestSha256)) return known;
    const path = this.#release(manifestSha256);
    if ((await this.#fileSystem.stat(path)) === undefined) return undefined;
    const record = readRecord(await readWhole(this.#fileSystem, path, maxRecordBytes), path);
    const found = await this.#load(manifestSha256, record);
    this.#releases.set(manifestSha256, found);
    return found;
  }

  async archive(sha256: string): Promise<PublishedArchive | undefined> {
    const known = this.#archives.get(sha256);
    if (known !== undefined || !digestForm.test(sha256)) return known;
    const path = join(this.#path, "archives", `${sha256}.outrider`);
    const facts = await this.#fileSystem.stat(path);
    if (facts?.kind !== "file") return undefined;
    const found = { sha256, size: facts.size, path };
    this.#archives.set(sha256, found);
    return found;
  }

  async list(): Promise<readonly ReleaseRecord[]> {
    const records: ReleaseRecord[] = [];
    for (const name of await this.#fileSystem.list(join(this.#path, "releases"))) {
      const path = join(this.#path, "releases", name);
      if (/^[0-9a-f]{64}\.json$/.test(name))
        records.push(readRecord(await readWhole(this.#fileSystem, path, maxRecordBytes), path));
    }
    return records.toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
  }

  /** Archive, secret, record, in this order: the record makes the release visible, so it comes last. */
  async #keep(
    copy: string,
    archive: { sha256: string; size: number; base?: string },
    verified: Verified<"manifest/1">,
    contents: Uint8Array,
  ): Promise<PublishedPackage> {
    const fileSystem = this.#fileSystem;
    const manifestSha256 = sha256Hex(verified.sealed.bytes);
    await this.#refuseConflict(verified.document, manifestSha256);
    const before = await this.find(manifestSha256);
    const path = join(this.#path, "archives", `${archive.sha256}.outrider`);
    await fileSystem.setMode(copy, 0o644);
    await fileSystem.rename(copy, path);
    await fileSystem.syncDirectory(join(this.#path, "archives"));
    const archives = [
      ...(before?.archives ?? []).filter((other) => !replaces(archive, other)),
      { ...archive, path },
    ].toSorted((left, right) => Number(left.base !== undefined) - Number(right.base !== undefined));
    const secret = join(this.#path, "secrets", `${manifestSha256}.sha512`);
    await syncedWrite(
      fileSystem,
      secret,
      new TextEncoder().encode(`${Buffer.from(contents).toString("hex")}\n`),
    );
    const record = recordOf(verified, manifestSha256, archives);
    await syncedWrite(
      fileSystem,
      this.#release(manifestSha256),
      new TextEncoder().encode(JSON.stringify(record)),
    );
    this.#releases.delete(manifestSha256);
    return this.#load(manifestSha256, record);
  }

  /** One release has one manifest (DESIGN 4): a second one under the same version would split the machines. */
  async #refuseConflict(manifest: Manifest, manifestSha256: string): Promise<void> {
    const other = (await this.list()).find(
      (record) =>
        record.name === manifest.name &&
        record.version === manifest.version &&
        record.manifest !== manifestSha256,
    );
    if (other !== undefined)
      throw new OutriderError(
        "PACKAGE_CONFLICT",
        `${manifest.name} ${manifest.version} was published with manifest ${other.manifest}; this one is ${manifestSha256}. Raise the version.`,
        { subject: `${manifest.name} ${manifest.version}` },
      );
  }

  async #load(manifestSha256: string, record: ReleaseRecord): Promise<PublishedPackage> {
    const secret = join(this.#path, "secrets", `${manifestSha256}.sha512`);
    const text = new TextDecoder().decode(await readWhole(this.#fileSystem, secret, 200));
    return {
      manifestSha256,
      manifest: JSON.parse(record.text) as Manifest,
      sealed: sealText("manifest/1", record.text, record.signatures),
      contentsSha512: Buffer.from(text.trim(), "hex"),
      archives: record.archives.map(({ sha256, size, base }) => ({
        sha256,
        size,
        ...(base === undefined ? {} : { base }),
        path: join(this.#path, "archives", `${sha256}.outrider`),
      })),
    };
  }

  #release(manifestSha256: string): string {
    return join(this.#path, "releases", `${manifestSha256}.json`);
  }
}

/** Of a release there is one patch against each base; a full archive with other signatures may be in use already. */
function replaces(archive: Omit<PublishedArchive, "path">, other: PublishedArchive): boolean {
  return (
    other.sha256 === archive.sha256 || (archive.base !== undefined && other.base === archive.base)
  );
}

function sortKey({ name, version }: ReleaseRecord): string {
  return `${name}\n${version}`;
}
