/**
 * The package host in S3-compatible storage, for several servers, or for agents that fetch from there. What lies in the
 * bucket is what was published; the folder on this machine holds checked copies of it, to read and send from.
 *
 *     archives/<sha256>.outrider              what agents get
 *     releases/<manifest>/<sha256>.json       one record for each archive of a release, written when all archives are
 *                                             there; the full archive's is the last, and makes the release visible
 *     versions/<name>/<version>               digest of the manifest that has this version
 *
 * No object is ever changed, and none is secret: what triggers are bound with is computed from the archive and stays in
 * the folder. The storage is believed nothing (THREATS H1): an upload is read back, and a copy is held to its digest,
 * its manifest to the release's and every file to the manifest before any of it is used.
 */
import { OutriderError } from "../../errors/index.ts";
import { readSealedDocument } from "../../messages/index.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import type { CheckedArchive, CheckOptions } from "../check.ts";
import type { PackageHost, PublishedArchive, PublishedPackage, PublishOptions } from "../host.ts";
import { readRecord, recordOf, type ReleaseRecord } from "../record.ts";
import { inOrder, isDigest, maxRecordBytes, Shelf } from "../shelf.ts";
import { checkCopy, withStaged, type ArchiveFacts, type StagedArchive } from "../staging.ts";
import { openObjects, type BucketOptions, type Objects } from "./objects.ts";
import { readDigest, readInto, readSmall } from "./read.ts";

/** Which bucket, and where its copies lie. */
export interface BucketHostOptions extends BucketOptions {
  /** Folder of this machine's own; made, mode 0700. It grows by what is used; empty it while nothing runs. */
  readonly path: string;
  readonly fileSystem?: FileSystem;
}

/** Packages in a bucket. */
export interface BucketHost extends PackageHost {
  /**
   * A URL by which the archive can be fetched straight from the storage, without any right but the URL.
   *
   * @param seconds how long it is good, at most 604,800.
   * @returns undefined for what is not there.
   */
  link(sha256: string, seconds: number): Promise<string | undefined>;
}

/** Opens it; the bucket itself is asked for nothing yet. @throws CONFIG_INVALID, FILE_UNREADABLE */
export async function bucketHost(options: BucketHostOptions): Promise<BucketHost> {
  const { path, fileSystem = nodeFileSystem } = options;
  const objects = await openObjects(options, fileSystem);
  return new Host(objects, await Shelf.open(path, fileSystem));
}

/** Another server may add a patch to a release: the bucket is asked again after so long. */
const knownForMs = 60_000;
/** Anyone may ask for any digest: for what is not there the bucket is asked no more often than this. */
const listedForMs = 1000;

class Host implements BucketHost {
  readonly #objects: Objects;
  readonly #shelf: Shelf;
  readonly #askedAtMs = new Map<string, number>();
  /** Digests of archives that lie in the bucket: they only become more. */
  readonly #lying = new Set<string>();
  #listedAtMs = -Infinity;
  /** What is being brought: two who ask for the same wait for one download. */
  readonly #bringing = new Map<string, Promise<void>>();

  constructor(objects: Objects, shelf: Shelf) {
    this.#objects = objects;
    this.#shelf = shelf;
  }

  async publish(path: string, options: PublishOptions): Promise<PublishedPackage> {
    const { onProgress: _copying, ...copied } = options; // what takes its time is sending
    const ground = { shelf: this.#shelf, releases: this };
    return withStaged(path, ground, copied, async (staged) => {
      for (const archive of staged) await this.#upload(archive, options);
      for (const archive of staged.toReversed()) await this.#enter(archive, options);
      const published = await this.#shelf.keep(staged);
      this.#askedAtMs.delete(published.manifestSha256);
      return published;
    });
  }

  async find(manifestSha256: string): Promise<PublishedPackage | undefined> {
    if (!isDigest(manifestSha256)) return undefined;
    const askedAtMs = this.#askedAtMs.get(manifestSha256);
    if (askedAtMs === undefined || performance.now() - askedAtMs > knownForMs) {
      await this.#once(manifestSha256, () => this.#bringRelease(manifestSha256));
      this.#askedAtMs.set(manifestSha256, performance.now());
    }
    return this.#shelf.find(manifestSha256);
  }

  async archive(sha256: string): Promise<PublishedArchive | undefined> {
    const here = await this.#shelf.archive(sha256);
    if (here !== undefined || !(await this.#lies(sha256))) return here;
    await this.#once(sha256, () => this.#bringArchive(sha256));
    return this.#shelf.archive(sha256);
  }

  async list(): Promise<readonly ReleaseRecord[]> {
    const found = new Map<string, ReleaseRecord>();
    for (const key of await this.#objects.list("releases/")) {
      const record = await this.#record(key);
      const before = found.get(record.manifest);
      const archives = [...(before?.archives ?? []), ...record.archives];
      found.set(record.manifest, { ...record, archives });
    }
    return inOrder([...found.values()].filter(({ archives }) => archives.some(isFull)));
  }

  async link(sha256: string, seconds: number): Promise<string | undefined> {
    return (await this.#lies(sha256)) ? this.#objects.link(archiveKey(sha256), seconds) : undefined;
  }

  async #lies(sha256: string): Promise<boolean> {
    if (!isDigest(sha256)) return false;
    const isListed = performance.now() - this.#listedAtMs < listedForMs;
    if (!isListed && !this.#lying.has(sha256))
      await this.#once("archives", () => this.#listArchives());
    return this.#lying.has(sha256);
  }

  async #listArchives(): Promise<void> {
    const startedMs = performance.now();
    for (const key of await this.#objects.list("archives/"))
      this.#lying.add(/([0-9a-f]{64})\.outrider$/.exec(key)?.[1] ?? "");
    this.#listedAtMs = startedMs;
  }

  /** Archive and claim of the version; nobody sees either. */
  async #upload({ copy, facts, checked }: StagedArchive, options: PublishOptions): Promise<void> {
    const { sha256, size } = facts;
    const { name, version } = checked.manifest;
    const manifestSha256 = sha256Hex(checked.sealed.bytes);
    const claim = `versions/${name}/${version}`;
    const claimed = await readSmall(this.#objects, claim, 64);
    if (claimed !== undefined) requireSame(checked, claimed, manifestSha256);
    const key = archiveKey(sha256);
    await this.#objects.putFile(key, { path: copy, size }, options);
    await this.#requireDigest(key, sha256, size, options.signal);
    this.#lying.add(sha256);
    if (!(await this.#objects.put(claim, new TextEncoder().encode(manifestSha256), options)))
      requireSame(checked, (await readSmall(this.#objects, claim, 64)) ?? "", manifestSha256);
  }

  async #enter({ facts, checked }: StagedArchive, options: PublishOptions): Promise<void> {
    const manifestSha256 = sha256Hex(checked.sealed.bytes);
    const record = JSON.stringify(recordOf(checked, manifestSha256, [facts]));
    const recordKey = `releases/${manifestSha256}/${facts.sha256}.json`;
    await this.#objects.put(recordKey, new TextEncoder().encode(record), options);
  }

  /** What lies there is what was sent, or nothing of it is published. */
  async #requireDigest(
    key: string,
    sha256: string,
    size: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const found = await readDigest(this.#objects, key, size, signal);
    if (found === sha256) return;
    throw new OutriderError(
      "PACKAGE_DIGEST",
      `${key} in the storage does not hold what was sent (SHA-256 ${found ?? "of nothing"}). Remove it there and publish again.`,
      { subject: key },
    );
  }

  async #bringRelease(manifestSha256: string): Promise<void> {
    const here = await this.#shelf.find(manifestSha256);
    const known = new Set(here?.archives.map(({ sha256 }) => sha256));
    const records: ReleaseRecord[] = [];
    for (const key of await this.#objects.list(`releases/${manifestSha256}/`))
      if (!known.has(/([0-9a-f]{64})\.json$/.exec(key)?.[1] ?? ""))
        records.push(await this.#record(key));
    // A patch is checked together with the full archive of its own release, so that comes first.
    const archives = records
      .flatMap((record) => record.archives)
      .toSorted((one, other) => Number(!isFull(one)) - Number(!isFull(other)));
    // Without it whoever publishes has not come to the end, or never will: there is no such release.
    if (here === undefined && !archives.some(isFull)) return;
    for (const facts of archives) {
      await this.#bring(facts, manifestSha256);
      this.#lying.add(facts.sha256);
    }
  }

  async #bring(expected: ArchiveFacts, manifestSha256: string): Promise<void> {
    const copy = this.#shelf.incoming();
    const key = archiveKey(expected.sha256);
    try {
      await readInto(this.#objects, key, expected, copy, this.#shelf.fileSystem);
      const judge: CheckOptions["judge"] = (sealed) => {
        if (sha256Hex(sealed.bytes) === manifestSha256) return readSealedDocument(sealed, key);
        throw new OutriderError(
          "PACKAGE_DIGEST",
          `${key} belongs to another manifest than its record says.`,
          {
            subject: key,
          },
        );
      };
      const brought = { ...expected, path: copy };
      const { fileSystem } = this.#shelf;
      // Of the release that is being brought only what came before; waiting for all of it would wait for ourselves.
      const find: PackageHost["find"] = async (id) =>
        id === manifestSha256 ? this.#shelf.find(id) : this.find(id);
      const options: CheckOptions = { judge, releases: { find } };
      await this.#shelf.keep([await checkCopy(brought, key, fileSystem, options)]);
    } finally {
      await this.#shelf.fileSystem.remove(copy);
    }
  }

  async #bringArchive(sha256: string): Promise<void> {
    const copy = this.#shelf.incoming();
    try {
      const isThere = await readInto(
        this.#objects,
        archiveKey(sha256),
        { sha256 },
        copy,
        this.#shelf.fileSystem,
      );
      if (isThere) await this.#shelf.keepArchive(copy, sha256);
    } finally {
      await this.#shelf.fileSystem.remove(copy);
    }
  }

  async #record(key: string): Promise<ReleaseRecord> {
    return readRecord(
      new TextEncoder().encode((await readSmall(this.#objects, key, maxRecordBytes)) ?? ""),
      key,
    );
  }

  async #once(name: string, work: () => Promise<void>): Promise<void> {
    const running = this.#bringing.get(name) ?? work().finally(() => this.#bringing.delete(name));
    this.#bringing.set(name, running);
    return running;
  }
}

function isFull({ base }: { readonly base?: string }): boolean {
  return base === undefined;
}

function archiveKey(sha256: string): string {
  return `archives/${sha256}.outrider`;
}

/** One release has one manifest (DESIGN 4); two servers that publish at once are told by the storage. */
function requireSame(
  { manifest: { name, version } }: CheckedArchive,
  claimed: string,
  manifestSha256: string,
): void {
  if (claimed === manifestSha256) return;
  throw new OutriderError(
    "PACKAGE_CONFLICT",
    `${name} ${version} was published with manifest ${claimed}; this one is ${manifestSha256}. Raise the version.`,
    { subject: `${name} ${version}` },
  );
}
