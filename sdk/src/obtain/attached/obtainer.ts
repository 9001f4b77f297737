/**
 * The archive came with the notification (Fig. 4, step 86): held to its signed length and SHA-256, then put in place.
 */
import { OutriderError } from "../../errors/index.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import { copyArchive, isComplete, type Obtainer } from "../../transport/index.ts";

/** How an attachment is taken. */
export interface AttachedObtainerOptions {
  readonly fileSystem?: FileSystem;
}

/** Obtains what travelled along with the message. */
export function attachedObtainer({
  fileSystem = nodeFileSystem,
}: AttachedObtainerOptions = {}): Obtainer {
  return {
    name: "attached",
    async obtain(request, { signal }) {
      const { attachment, target, onProgress } = request;
      if (await isComplete(fileSystem, request, signal)) return { path: target, transferred: 0 };
      if (attachment === undefined)
        throw new OutriderError(
          "UNAVAILABLE",
          "No archive came with this message. Another source is tried.",
          { subject: target },
        );
      // It crossed the network with its message: no rate holds here.
      const { bytesPerSecond: _rate, ...here } = request;
      // Copied, not moved: what is hashed is what is written, whoever may still hold the attachment open.
      const transferred = await copyArchive(fileSystem, attachment.path, here, {
        signal,
        ...(onProgress === undefined ? {} : { onProgress }),
      });
      await fileSystem.remove(attachment.path);
      return { path: target, transferred };
    },
  };
}
