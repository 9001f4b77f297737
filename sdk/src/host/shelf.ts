/**
 * Checked packages in a folder of this machine. Everything is named by its digest and never changes once it is there,
 * so what was hashed is what is served (THREATS T4).
 *
 *     archives/<sha256>.outrider     what agents get
 *     releases/<manifest>.json       the release's record, written last: a release is there when this is
 *     secrets/<manifest>.sha512      SHA-512 of the contents, which triggers are bound with; mode 0600
 *     incoming/                      copies that are not checked yet; what was left there goes at a later start
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { sealText } from "../messages/index.ts";
import { readWhole, syncedWrite, type FileSystem } from "../ports/index.ts";
import type { Manifest } from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import type { PublishedArchive, PublishedPackage } from "./host.ts";
import { readRecord, recordOf, type ReleaseRecord } from "./record.ts";
import type { ArchiveFacts, StagedArchive } from "./staging.ts";

/** Largest record: a manifest and its signatures. */
export const maxRecordBytes: number = 34 * 1024 * 1024;
/** A copy that was not written for so long is nobody's: a server may start while something is published beside it. */
const leftMs = 3_600_000;
const digestForm = /^[0-9a-f]{64}$/;

/** Is it the name of something here at all? */
export function isDigest(text: string): boolean {
  return digestForm.test(text);
}

/** The folder. */
export class Shelf {
  readonly fileSystem: FileSystem;
  readonly #path: string;
  /** Archives that were found: their facts never change. */
  readonly #archives = new Map<string, PublishedArchive>();
  readonly #releases = new Map<string, PublishedPackage>();

  private constructor(path: string, fileSystem: FileSystem) {
    this.#path = path;
    this.fileSystem = fileSystem;
  }

  /** Opens it, making its folders, mode 0700. @throws FILE_UNREADABLE */
  static async open(path: string, fileSystem: FileSystem): Promise<Shelf> {
    for (const folder of ["archives", "releases", "secrets", "incoming"])
      await fileSystem.makeDirectory(join(path, folder));
    await removeLeft(join(path, "incoming"), fileSystem);
    return new Shelf(path, fileSystem);
  }

  /** A new name for a copy that is to be checked. */
  incoming(): string {
    return join(this.#path, "incoming", `${randomUUID()}.outrider`);
  }

  async find(manifestSha256: string): Promise<PublishedPackage | undefined> {
    const known = this.#releases.get(manifestSha256);
    if (known !== undefined || !isDigest(manifestSha256)) return known;
    const path = this.#release(manifestSha256);
    if ((await this.fileSystem.stat(path)) === undefined) return undefined;
    const record = readRecord(await readWhole(this.fileSystem, path, maxRecordBytes), path);
    const found = await this.#load(manifestSha256, record);
    this.#releases.set(manifestSha256, found);
    return found;
  }

  async archive(sha256: string): Promise<PublishedArchive | undefined> {
    const known = this.#archives.get(sha256);
    if (known !== undefined || !isDigest(sha256)) return known;
    const path = this.#archive(sha256);
    const facts = await this.fileSystem.stat(path);
    if (facts?.kind !== "file") return undefined;
    const found = { sha256, size: facts.size, path };
    this.#archives.set(sha256, found);
    return found;
  }

  async list(): Promise<readonly ReleaseRecord[]> {
    const records: ReleaseRecord[] = [];
    for (const name of await this.fileSystem.list(join(this.#path, "releases"))) {
      const path = join(this.#path, "releases", name);
      if (/^[0-9a-f]{64}\.json$/.test(name))
        records.push(readRecord(await readWhole(this.fileSystem, path, maxRecordBytes), path));
    }
    return inOrder(records);
  }

  /** Takes a copy whose bytes have this digest, of a release that is not asked for. */
  async keepArchive(copy: string, sha256: string): Promise<void> {
    await this.fileSystem.setMode(copy, 0o644);
    await this.fileSystem.rename(copy, this.#archive(sha256));
    await this.fileSystem.syncDirectory(join(this.#path, "archives"));
  }

  /**
   * Takes checked copies of one release: archives, secret, record, in this order, for the record makes the release
   * visible, with all of them at once.
   */
  async keep(staged: readonly StagedArchive[]): Promise<PublishedPackage> {
    const [first] = staged;
    if (first === undefined) throw new TypeError("a package without an archive");
    const { checked } = first;
    const manifestSha256 = sha256Hex(checked.sealed.bytes);
    let archives = (await this.find(manifestSha256))?.archives ?? [];
    for (const { copy, facts } of staged) {
      await this.keepArchive(copy, facts.sha256);
      const kept = { ...facts, path: this.#archive(facts.sha256) };
      archives = [...archives.filter((other) => !replaces(facts, other)), kept];
    }
    archives = archives.toSorted(
      (left, right) => Number(left.base !== undefined) - Number(right.base !== undefined),
    );
    const secret = `${Buffer.from(checked.contents).toString("hex")}\n`;
    await this.#write(this.#secret(manifestSha256), secret);
    const record = recordOf(checked, manifestSha256, archives);
    await this.#write(this.#release(manifestSha256), JSON.stringify(record));
    this.#releases.delete(manifestSha256);
    return this.#load(manifestSha256, record);
  }

  async #write(path: string, text: string): Promise<void> {
    await syncedWrite(this.fileSystem, path, new TextEncoder().encode(text));
  }

  async #load(manifestSha256: string, record: ReleaseRecord): Promise<PublishedPackage> {
    const secret = await readWhole(this.fileSystem, this.#secret(manifestSha256), 200);
    return {
      manifestSha256,
      manifest: JSON.parse(record.text) as Manifest,
      sealed: sealText("manifest/1", record.text, record.signatures),
      contentsSha512: Buffer.from(new TextDecoder().decode(secret).trim(), "hex"),
      archives: record.archives.map(({ sha256, size, base }) => ({
        sha256,
        size,
        ...(base === undefined ? {} : { base }),
        path: this.#archive(sha256),
      })),
    };
  }

  #archive(sha256: string): string {
    return join(this.#path, "archives", `${sha256}.outrider`);
  }

  #release(manifestSha256: string): string {
    return join(this.#path, "releases", `${manifestSha256}.json`);
  }

  #secret(manifestSha256: string): string {
    return join(this.#path, "secrets", `${manifestSha256}.sha512`);
  }
}

/** Records by name and then by version as text. */
export function inOrder(records: readonly ReleaseRecord[]): readonly ReleaseRecord[] {
  const keyOf = ({ name, version }: ReleaseRecord): string => `${name}\n${version}`;
  return records.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** Of a release there is one patch against each base; a full archive with other signatures may be in use already. */
function replaces(archive: ArchiveFacts, other: PublishedArchive): boolean {
  return (
    other.sha256 === archive.sha256 || (archive.base !== undefined && other.base === archive.base)
  );
}

async function removeLeft(folder: string, fileSystem: FileSystem): Promise<void> {
  for (const name of await fileSystem.list(folder)) {
    const facts = await fileSystem.stat(join(folder, name));
    if (facts !== undefined && facts.modifiedAtMs < Date.now() - leftMs)
      await fileSystem.remove(join(folder, name));
  }
}
