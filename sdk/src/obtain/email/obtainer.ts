/**
 * An archive that comes by mail in numbered parts (Fig. 4, step 87's last resort): waits for them, asks for those that
 * do not come, puts them together, and holds the whole to its signed length and SHA-256.
 *
 * Parts are named by the digests that the signed notification lists; what a mail says about its part is not looked at.
 */
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import {
  nodeFileSystem,
  systemClock,
  type Clock,
  type FileHandle,
  type FileSystem,
} from "../../ports/index.ts";
import {
  isComplete,
  PartialArchive,
  throwIfCancelled,
  type ArchiveInParts,
  type Obtainer,
  type ObtainRequest,
} from "../../transport/index.ts";
import type { PartSpool } from "../../transport/parts/index.ts";
import { decideRequest } from "./patience.ts";

/** How archives are put together from mails. */
export interface EmailObtainerOptions {
  /** Where the receivers put parts. */
  readonly parts: PartSpool;
  /** How long is waited for the next part before the missing ones are asked for; doubled each time. Default 600,000. */
  readonly patienceMs?: number;
  /** Requests without a part coming, at most. Default 8. */
  readonly maxRequests?: number;
  readonly fileSystem?: FileSystem;
  readonly clock?: Clock;
}

const chunkBytes = 1024 * 1024;
const longestAlarmMs = 3_600_000;

/** Obtains from parts that came by mail. */
export function emailObtainer(options: EmailObtainerOptions): Obtainer {
  const { parts: spool, fileSystem = nodeFileSystem, clock = systemClock } = options;
  const patience = {
    patienceMs: options.patienceMs ?? 600_000,
    maxRequests: options.maxRequests ?? 8,
  };
  const listeners = new Set<() => void>();
  const alarms = new Map<string, NodeJS.Timeout>();
  return {
    name: "email",
    onArrival(listener) {
      const end = spool.onComplete(listener);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        end();
      };
    },
    async probe({ inParts }) {
      const missing = await spool.missing(inParts?.parts ?? []);
      return inParts !== undefined && missing.length === 0 ? "here" : "reachable";
    },
    async obtain(request, { signal }) {
      const { target, size } = request;
      const { parts, partBytes } = partsOf(request);
      const wanted = { archive: request.sha256, parts };
      if (await isComplete(fileSystem, request, signal)) {
        await spool.release(wanted);
        return { path: target, transferred: 0 };
      }
      if (size > spool.maxBytes)
        throw new OutriderError(
          "SPACE",
          `The archive has ${size} bytes; parts of mails may take ${spool.maxBytes} (obtain.email.maxBytes).`,
          { subject: target },
        );
      await waitForAll(request, wanted);
      try {
        await assemble(request, { parts, partBytes }, signal);
      } catch (error) {
        if (!isOutriderError(error) || error.code !== "PACKAGE_DIGEST") throw error;
        // A part that rotted on the disk is missing now; or an earlier source had begun the file with something else.
        if ((await spool.dropDamaged(parts)) > 0) await waitForAll(request, wanted);
        await assemble(request, { parts, partBytes }, signal);
      }
      await spool.release(wanted);
      return { path: target, transferred: size };
    },
  };

  /** @throws PARTS_MISSING */
  async function waitForAll(
    { target, requestParts }: ObtainRequest,
    wanted: { readonly archive: string; readonly parts: readonly string[] },
  ): Promise<void> {
    const want = await spool.want(wanted);
    const missing = await spool.missing(wanted.parts);
    if (missing.length === 0) return;
    const now = clock.now().getTime();
    const { asked, isDue, nextMs } = decideRequest(want.asked, missing.length, now, patience);
    if (isDue) await requestParts?.(missing);
    if (JSON.stringify(asked) !== JSON.stringify(want.asked))
      await spool.noteAsked(wanted.archive, asked);
    lookAgain(wanted.archive, nextMs);
    throw new OutriderError(
      "PARTS_MISSING",
      `${missing.length} of ${wanted.parts.length} parts of the archive have not come by mail yet.`,
      { subject: target },
    );
  }

  /** Wakes who listens when the next request is due; who retries sooner by himself is not harmed. */
  function lookAgain(archive: string, afterMs: number): void {
    clearTimeout(alarms.get(archive));
    alarms.delete(archive);
    if (afterMs > longestAlarmMs) return; // the listener's own retries are as good
    const wake = (): void => {
      for (const listener of listeners) listener();
    };
    alarms.set(archive, setTimeout(wake, afterMs).unref());
  }

  async function assemble(
    request: ObtainRequest,
    { parts, partBytes }: ArchiveInParts,
    signal: AbortSignal,
  ): Promise<void> {
    const archive = await PartialArchive.open(fileSystem, request, { signal });
    try {
      const begun = Math.floor(archive.length / partBytes);
      for (const [at, sha256] of parts.entries()) {
        if (at < begun) continue;
        const handle = await spool.read(sha256);
        try {
          await copyRest(handle, archive.length - at * partBytes, archive, signal);
        } finally {
          await handle.close();
        }
        request.onProgress?.(archive.length);
      }
    } catch (error) {
      if (!isOutriderError(error) || error.code !== "PACKAGE_DIGEST") await archive.keep();
      throw error;
    }
    await archive.finish();
  }
}

async function copyRest(
  from: FileHandle,
  position: number,
  archive: PartialArchive,
  signal: AbortSignal,
): Promise<void> {
  const chunk = new Uint8Array(chunkBytes);
  for (let at = position; ;) {
    throwIfCancelled(signal, "an archive in parts");
    const count = await from.read(chunk, at);
    if (count === 0) return;
    await archive.append(chunk.subarray(0, count));
    at += count;
  }
}

/** @throws UNAVAILABLE where the source has none, SOURCE_FORBIDDEN where they cannot be the whole */
function partsOf({ inParts, size, target }: ObtainRequest): ArchiveInParts {
  if (inParts === undefined)
    throw new OutriderError("UNAVAILABLE", "The notification lists no parts.", { subject: target });
  if (inParts.parts.length !== Math.ceil(size / inParts.partBytes))
    throw new OutriderError(
      "SOURCE_FORBIDDEN",
      `${inParts.parts.length} parts of ${inParts.partBytes} bytes are no archive of ${size} bytes.`,
      { subject: target },
    );
  return inParts;
}
