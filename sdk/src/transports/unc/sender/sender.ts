/**
 * Notifications on a share (patent 16, server half): one file serves every agent that reads the share.
 *
 * Whoever reads at any moment sees a whole state: archive, then notification, then the catalog that names them; each
 * written beside its name, synced and renamed. What is there under its digest is kept; only the catalog changes.
 */
import { createHash, randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { isOutriderError, OutriderError } from "../../../errors/index.ts";
import { nodeFileSystem, readWhole, type FileSystem } from "../../../ports/index.ts";
import {
  copyArchive,
  isComplete,
  throwIfCancelled,
  type Delivery,
  type DeliveryOutcome,
  type Sender,
} from "../../../transport/index.ts";
import { share } from "../../../transport/tree/index.ts";

/** How a share is written. */
export interface UncSenderOptions {
  /** Directory: `\\server\share\…` on Windows, a mounted path elsewhere. */
  readonly root: string;
  readonly fileSystem?: FileSystem;
}

/** A Sender whose catalog is also the heartbeat. */
export interface UncSender extends Sender {
  /**
   * Publishes a catalog alone (the heartbeat), and trust documents by version.
   *
   * @throws UNAVAILABLE, CANCELLED
   */
  publish(news: UncNews, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** What is published without a notification. */
export interface UncNews {
  /** `catalog/1` envelope. */
  readonly catalog?: Uint8Array;
  /** `trust/1` envelopes. */
  readonly trust?: readonly { readonly version: number; readonly envelope: Uint8Array }[];
}

const folderMode = 0o755;
const fileMode = 0o644; // agents read under other accounts; nothing here is secret

/** Sends by share. */
export function uncSender({ root, fileSystem = nodeFileSystem }: UncSenderOptions): UncSender {
  return {
    name: "unc",
    async send(delivery, { signal } = {}) {
      await reaching(root, async () => {
        const { attachment, envelope } = delivery;
        if (attachment !== undefined) await putArchive(fileSystem, root, attachment, signal);
        throwIfCancelled(signal, root);
        const sha256 = createHash("sha256").update(envelope).digest("hex");
        await put(fileSystem, share.notification(root, sha256), envelope);
        throwIfCancelled(signal, root);
        if (delivery.catalog !== undefined)
          await put(fileSystem, share.catalog(root), delivery.catalog);
      });
      return delivery.recipients.map((recipient) => accepted(recipient, root));
    },
    async publish({ catalog, trust = [] }, { signal } = {}) {
      await reaching(root, async () => {
        for (const { version, envelope } of trust) {
          throwIfCancelled(signal, root);
          await put(fileSystem, share.trust(root, version), envelope);
        }
        throwIfCancelled(signal, root);
        if (catalog !== undefined) await put(fileSystem, share.catalog(root), catalog);
      });
    },
  };
}

async function putArchive(
  fileSystem: FileSystem,
  root: string,
  { path, sha256, size }: NonNullable<Delivery["attachment"]>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const wanted = { sha256, size, target: share.package(root, sha256) };
  await makeFolder(fileSystem, share.packages(root));
  if (await isComplete(fileSystem, wanted, signal)) return;
  await copyArchive(fileSystem, path, wanted, signal === undefined ? {} : { signal });
  await fileSystem.setMode(wanted.target, fileMode);
}

/** Replaces a file whole; equal content is left alone, so that nobody re-reads it for nothing. */
async function put(fileSystem: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  await makeFolder(fileSystem, dirname(path));
  if (await holds(fileSystem, path, bytes)) return;
  const temporary = `${path}.${randomUUID()}.tmp`; // two servers of one share do not write into each other's
  try {
    const handle = await fileSystem.open(temporary, "create");
    try {
      await handle.write(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fileSystem.setMode(temporary, fileMode);
    await fileSystem.rename(temporary, path);
  } catch (error) {
    await fileSystem.remove(temporary).catch(() => undefined);
    throw error;
  }
  await fileSystem.syncDirectory(dirname(path));
}

async function holds(fileSystem: FileSystem, path: string, bytes: Uint8Array): Promise<boolean> {
  const facts = await fileSystem.stat(path);
  if (facts?.kind !== "file" || facts.size !== bytes.length) return false;
  return Buffer.compare(await readWhole(fileSystem, path, bytes.length), bytes) === 0;
}

async function makeFolder(fileSystem: FileSystem, path: string): Promise<void> {
  const facts = await fileSystem.stat(path);
  if (facts?.kind === "directory") return;
  await fileSystem.makeDirectory(path, folderMode);
  await fileSystem.setMode(path, folderMode); // whatever the umask
}

async function reaching(root: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isOutriderError(error)) throw error;
    throw new OutriderError(
      "UNAVAILABLE",
      `The share ${root} cannot be written; it is tried again later.`,
      {
        subject: root,
        cause: error,
      },
    );
  }
}

function accepted({ agent }: { readonly agent: string }, root: string): DeliveryOutcome {
  return { agent, outcome: "accepted", detail: `It lies on ${root}.` };
}
