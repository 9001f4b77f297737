/**
 * Looks at a share (patent 16, agent half). Change events do not cross mounts, so it polls: the catalog's bytes are
 * yielded when they are others than those last settled; everything else on the share is read only for a verified catalog.
 *
 * The share is hostile: fixed names below the configured root, plain files only, bounded, no link followed (THREATS N14).
 */
import { createHash } from "node:crypto";
import { isOutriderError, OutriderError } from "../../../errors/index.ts";
import { maxEnvelopeBytes } from "../../../messages/index.ts";
import {
  nodeFileSystem,
  readWhole,
  silentLogger,
  type FileSystem,
  type Logger,
} from "../../../ports/index.ts";
import {
  nextPauseMs,
  pause,
  throwIfCancelled,
  type Incoming,
  type Receiver,
  type Shelf,
} from "../../../transport/index.ts";
import { share } from "../layout.ts";

/** How a share is looked at. */
export interface UncReceiverOptions {
  /** Directory of this machine's own configuration; never one out of a message. */
  readonly root: string;
  /** Pause between looks; default 60,000, ± 20 %. */
  readonly pollMs?: number;
  /** Longest pause while the share is away; default ten times `pollMs`. */
  readonly maxBackoffMs?: number;
  readonly fileSystem?: FileSystem;
  readonly logger?: Logger;
  /** 0 ≤ random < 1, for the jitter; default `Math.random`. */
  readonly random?: () => number;
}

/** Hears from a share. */
export function uncReceiver(options: UncReceiverOptions): Receiver {
  const { root, fileSystem = nodeFileSystem, logger = silentLogger } = options;
  const pacing = { ...options, pollMs: options.pollMs ?? 60_000 };
  const path = share.catalog(root);
  const shelf = shelfOf(root, fileSystem);
  return {
    name: "unc",
    async *receive({ signal }) {
      let settled: string | undefined;
      let faults = 0;
      while (!signal.aborted) {
        const bytes = await look();
        if (bytes !== undefined) {
          const digest = sha256Hex(bytes);
          if (digest !== settled) yield catalog(bytes, () => (settled = digest));
        }
        if (!signal.aborted) await pause(nextPauseMs(pacing, faults), signal);
      }

      async function look(): Promise<Uint8Array | undefined> {
        try {
          const bytes = await readPlain(fileSystem, path, maxEnvelopeBytes["catalog/1"]);
          faults = 0;
          return bytes;
        } catch (error) {
          // Said once when it begins, not at every look.
          logger.log(faults++ === 0 ? "warn" : "debug", `The share ${root} cannot be read.`, {
            cause: (error as Error).message,
          });
          return undefined;
        }
      }
    },
  };

  function catalog(bytes: Uint8Array, onSettled: () => void): Incoming {
    return { bytes, origin: path, shelf, settle: async () => onSettled() };
  }
}

function shelfOf(root: string, fileSystem: FileSystem): Shelf {
  return {
    async notification(sha256, { signal }) {
      throwIfCancelled(signal, root);
      const path = share.notification(root, sha256);
      const bytes = await readPlain(fileSystem, path, maxEnvelopeBytes["notification/1"]);
      if (sha256Hex(bytes) === sha256) return bytes;
      throw new OutriderError(
        "PACKAGE_DIGEST",
        `${path} does not hold what its name says; the share was changed by somebody else.`,
        { subject: path },
      );
    },
    async trust(version, { signal }) {
      throwIfCancelled(signal, root);
      const path = share.trust(root, version);
      return readPlain(fileSystem, path, maxEnvelopeBytes["trust/1"]);
    },
  };
}

/** Reads a plain file; a pipe or device under its name is never opened. */
async function readPlain(
  fileSystem: FileSystem,
  path: string,
  maxBytes: number,
): Promise<Uint8Array> {
  try {
    const facts = await fileSystem.stat(path);
    if (facts?.kind === "file") return await readWhole(fileSystem, path, maxBytes);
    throw new OutriderError(
      "UNAVAILABLE",
      facts === undefined ? `${path} is not there.` : `${path} is not a plain file.`,
      { subject: path },
    );
  } catch (error) {
    if (isOutriderError(error)) throw error;
    throw new OutriderError("UNAVAILABLE", `${path} cannot be read.`, {
      subject: path,
      cause: error,
    });
  }
}

function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
