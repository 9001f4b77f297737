/**
 * The journal of one deployment: `DATA/deployments/<manifest SHA-256>/journal.json`, replaced durably and atomically
 * before the work of each state starts. Beside it lie the notification's exact bytes and the archive.
 * The name is the manifest's digest, so that ten copies of a notification meet in one deployment.
 */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { readWhole, syncedWrite, type FileSystem } from "../../ports/index.ts";
import { parseJson, type Archive, type PackageReference } from "../../schema/index.ts";
import { works, type State } from "../machine.ts";
import type { InstalledRelease, ReleaseFacts } from "./release.ts";

const maxJournalBytes = 1024 * 1024;
const maxNotificationBytes = 1024 * 1024;

/** Why a deployment turned back. */
export interface Failure {
  /** An error code of the table. */
  readonly code: string;
  readonly step: string;
  /** For the machine's own log and status; not sent in receipts, it may name paths. */
  readonly message: string;
}

/** An archive that was obtained. */
export interface ObtainedArchiveFacts extends Archive {
  readonly obtainer: string;
  /** Bytes that crossed the network or the share. */
  readonly transferred: number;
}

/** What the journal knows. Everything in it was authenticated before it was written. */
export interface JournalRecord {
  readonly format: 1;
  readonly state: State;
  /** How often this journal was written. */
  readonly writes: number;
  readonly package: PackageReference;
  readonly notification: string;
  readonly deployment: string;
  /** By which transport the notification came. */
  readonly transport: string;
  /** When it was authenticated (RFC 3339). */
  readonly authenticatedAt: string;
  /** Installed before. */
  readonly before?: string;
  readonly obtained?: ObtainedArchiveFacts;
  /** A patch could not be used: only full archives are obtained from now on. */
  readonly withoutPatch?: boolean;
  readonly variant?: string;
  /** From the manifest, once it is verified: enough to go on, or back, without it. */
  readonly release?: ReleaseFacts;
  /** What the strategy needs to go back; written before it acts. */
  readonly undo?: string;
  /** The release that is installed once more when a person goes back to it. */
  readonly backTo?: InstalledRelease;
  /** How often the new version was checked, or was going to be. */
  readonly attempts: number;
  /** The hook after the switch has run. */
  readonly afterInstallDone?: boolean;
  /** The server was told that it waits. */
  readonly deferralNoted?: boolean;
  readonly failure?: Failure;
  readonly trace: readonly string[];
}

/** The files of one deployment. */
export class Journal {
  readonly directory: string;
  readonly #fileSystem: FileSystem;

  constructor(fileSystem: FileSystem, deploymentsDirectory: string, manifest: string) {
    this.#fileSystem = fileSystem;
    this.directory = join(deploymentsDirectory, manifest);
  }

  /** Where an archive lies: what is half there of one is never gone on with as another. */
  archivePath(sha256: string): string {
    return join(this.directory, `${sha256}.outrider`);
  }

  /**
   * What is written; `undefined` where nothing was begun. A damaged journal, which no kill and no power cut leaves, is
   * nothing too: then the release runs or it does not, and the next copy of its notification begins anew.
   */
  async read(): Promise<JournalRecord | undefined> {
    const path = join(this.directory, "journal.json");
    if ((await this.#fileSystem.stat(path)) === undefined) return undefined;
    const bytes = await readWhole(this.#fileSystem, path, maxJournalBytes);
    try {
      const record = parseJson(bytes, path) as JournalRecord;
      return record.format === 1 && Object.hasOwn(works, record.state) ? record : undefined;
    } catch {
      return undefined;
    }
  }

  /** The notification's envelope, exact bytes. */
  async readNotification(): Promise<Uint8Array> {
    return readWhole(
      this.#fileSystem,
      join(this.directory, "notification.json"),
      maxNotificationBytes,
    );
  }

  /** Begins: the notification first, then the journal that speaks of it. */
  async begin(record: JournalRecord, notification: Uint8Array): Promise<JournalRecord> {
    await this.#makeFolder();
    await syncedWrite(this.#fileSystem, join(this.directory, "notification.json"), notification);
    return this.write(record);
  }

  /** Opens it again for a way back, which takes no notification. */
  async open(record: JournalRecord): Promise<JournalRecord> {
    await this.#makeFolder();
    return this.write(record);
  }

  async #makeFolder(): Promise<void> {
    await this.#fileSystem.makeDirectory(this.directory);
    await this.#fileSystem.syncDirectory(join(this.directory, ".."));
  }

  /** Writes the record, one write more on its count. */
  async write(record: JournalRecord): Promise<JournalRecord> {
    const written = { ...record, writes: record.writes + 1 };
    const bytes = new TextEncoder().encode(JSON.stringify(written));
    if (bytes.length > maxJournalBytes)
      throw new OutriderError(
        "DOCUMENT_TOO_LARGE",
        `The journal of ${record.package.name} grew past ${maxJournalBytes} bytes.`,
      );
    await syncedWrite(this.#fileSystem, join(this.directory, "journal.json"), bytes);
    return written;
  }

  /** Why it waits, for whoever looks: of no use to the machine, so no part of the record. */
  async noteWaiting(why: Failure): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(why));
    await syncedWrite(this.#fileSystem, join(this.directory, "waiting.json"), bytes);
  }

  /** Why it waited when that was last noted. */
  async readWaiting(): Promise<Failure | undefined> {
    const path = join(this.directory, "waiting.json");
    if ((await this.#fileSystem.stat(path)) === undefined) return undefined;
    try {
      return parseJson(await readWhole(this.#fileSystem, path, maxJournalBytes), path) as Failure;
    } catch {
      return undefined;
    }
  }

  /** Forgets the deployment; its journal goes first, for without it the rest is only litter. */
  async remove(): Promise<void> {
    await this.#fileSystem.remove(join(this.directory, "journal.json"));
    await this.#fileSystem.remove(this.directory);
  }
}

/** Manifests of the deployments that have a folder, finished or not. */
export async function listDeployments(
  fileSystem: FileSystem,
  directory: string,
): Promise<string[]> {
  if ((await fileSystem.stat(directory)) === undefined) return [];
  return (await fileSystem.list(directory)).filter((name) => /^[0-9a-f]{64}$/.test(name));
}
