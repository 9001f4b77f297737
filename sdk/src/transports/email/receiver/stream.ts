/**
 * One message from a pipe: what the mail system hands to `outrider agent receive` (procmail, sieve, Postfix), or a bare
 * envelope from a file. It is written to the spool first, bounded, so that a large mail is never held in memory.
 */
import { isOutriderError, OutriderError } from "../../../errors/index.ts";
import { nodeFileSystem, type FileHandle, type FileSystem } from "../../../ports/index.ts";
import { throwIfCancelled, type Incoming, type Receiver } from "../../../transport/index.ts";
import { takeMail } from "./incoming.ts";
import { documents, type MailInterest, type SettledContent } from "./interest.ts";
import { defaultLimits, tooMuch, type MailLimits } from "./mime/limits.ts";
import { Spool } from "./spool.ts";

/** How a pipe is read. */
export interface StreamReceiverOptions {
  /** The message, such as `process.stdin`. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Private directory of this receiver alone: emptied when it starts. */
  readonly spoolDirectory: string;
  /** What is taken; default documents of Outrider. */
  readonly interest?: MailInterest;
  /** Told when the message was dealt with while it was read, such as a part of an archive. */
  readonly onSettled?: (verdict: SettledContent["settled"]) => void;
  /** Bounds other than the usual ones. */
  readonly limits?: Partial<MailLimits>;
  readonly fileSystem?: FileSystem;
}

/**
 * Hears one message, then ends; a message that is not ours is none.
 *
 * `receive` throws MESSAGE_AMBIGUOUS and MESSAGE_LIMIT: here the caller is the mail system, who has to be told.
 */
export function streamReceiver(options: StreamReceiverOptions): Receiver {
  const { input, fileSystem = nodeFileSystem } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const spool = new Spool(fileSystem, options.spoolDirectory);
  return {
    name: "email",
    async *receive({ signal }) {
      await spool.empty();
      const path = spool.newPath();
      await fill(path, signal);
      const file = await fileSystem.open(path, "read");
      let incoming: Incoming | undefined;
      try {
        incoming =
          (await takeEnvelope(file, limits.maxDocumentBytes)) ??
          (await takeMail(
            file,
            "standard input",
            { spool, interest: options.interest ?? documents, limits },
            async (verdict) => {
              if (verdict !== "refused") options.onSettled?.(verdict);
            },
          ));
      } finally {
        await file.close();
        await spool.remove(path);
      }
      if (incoming !== undefined) yield incoming;
    },
  };

  async function fill(path: string, signal: AbortSignal): Promise<void> {
    const file = await fileSystem.open(path, "create");
    try {
      let size = 0;
      for await (const piece of input) {
        throwIfCancelled(signal, "standard input");
        size += piece.length;
        if (size > limits.maxMailBytes)
          throw tooMuch(`it has more than ${limits.maxMailBytes} bytes`);
        await file.write(piece);
      }
    } catch (error) {
      await spool.remove(path);
      if (isOutriderError(error)) throw error;
      throw new OutriderError("UNAVAILABLE", "The message could not be read from standard input.", {
        subject: "standard input",
        cause: error,
      });
    } finally {
      await file.close();
    }
  }
}

/** A notification as a file, without a mail around it. */
async function takeEnvelope(file: FileHandle, maxBytes: number): Promise<Incoming | undefined> {
  const start = Buffer.alloc(13);
  await file.read(start, 0);
  if (start.toString("latin1") !== '{"outrider":"') return undefined;
  const { size } = await file.stat();
  if (size > maxBytes) throw tooMuch(`its document is larger than ${maxBytes} bytes`);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const count = await file.read(bytes.subarray(at), at);
    if (count === 0) break;
    at += count;
  }
  return { bytes, origin: "standard input", settle: async () => undefined };
}
