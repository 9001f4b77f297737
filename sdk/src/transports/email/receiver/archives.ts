/**
 * What an agent takes of its mail beside documents: parts of archives, which go to the spool of parts and need no
 * answer, and archives or parts inside OpenPGP messages, which are opened to a private file.
 *
 * Nothing is believed: a part is known by the SHA-256 of its bytes, and what a seal held is judged like anything else.
 */
import { isOutriderError } from "../../../errors/index.ts";
import {
  nodeFileSystem,
  silentLogger,
  type FileHandle,
  type FileSystem,
  type Logger,
} from "../../../ports/index.ts";
import type { Attachment } from "../../../transport/index.ts";
import { partDocument } from "../wire.ts";
import { documents, type MailInterest } from "./interest.ts";
import { sealedShut, tooMuch } from "./mime/limits.ts";
import {
  readDocument,
  readPart,
  recognizeMail,
  type AttachmentSink,
  type RecognizedMail,
  type Sink,
} from "./mime/read-mail.ts";

/** Where parts wait for one another: a PartSpool. */
export interface PartStore {
  /** A part on its way in; `close` tells whether there was room for it. */
  openPart(): Promise<Sink<boolean>>;
}

/** Opens OpenPGP messages: `mailUnsealer` of `transports/email/receiver/decrypt`. */
export interface Unsealer {
  /**
   * Hands on what is inside, piece by piece; stops when `write` throws.
   *
   * @throws MESSAGE_SEALED, and what `write` throws
   */
  unseal(sealed: FileHandle, write: (bytes: Uint8Array) => Promise<void>): Promise<void>;
}

/** What is done with archives and their parts. */
export interface ArchiveIntake {
  readonly parts: PartStore;
  /** Without one, sealed parts are refused, and sealed archives have to be obtained in another way. */
  readonly unsealer?: Unsealer;
  readonly fileSystem?: FileSystem;
  readonly logger?: Logger;
}

/** Documents, with plain or sealed archives, and parts of archives. */
export function archives(intake: ArchiveIntake): MailInterest {
  const { parts, logger = silentLogger } = intake;
  return {
    ...documents,
    async read(file, limits, openAttachment) {
      const mail = await recognizeMail(file, limits);
      if (mail === undefined) return undefined;
      const { maxAttachmentBytes } = limits;
      if (mail.documentType === partDocument) {
        const content = await readWholePart(mail, openAttachment);
        const kept =
          "part" in content
            ? await content.part.close()
            : await open(content.sealed, await parts.openPart(), maxAttachmentBytes);
        return { settled: kept ? "handled" : "ignored" };
      }
      const { sealed, ...content } = await readDocument(mail, openAttachment);
      if (sealed === undefined) return content;
      try {
        const sink = await openAttachment();
        return { ...content, attachment: await open(sealed, sink, maxAttachmentBytes) };
      } catch (error) {
        if (!isOutriderError(error) || error.retryable) throw error;
        // The notification is judged all the same: its archive may be had in another way.
        logger.log("warn", error.message, { code: error.code });
        return content;
      }
    },
  };

  /** To the end of the mail: what can be read in another way is refused as a whole, and then its part is not kept. */
  async function readWholePart(
    mail: RecognizedMail,
    openAttachment: () => Promise<AttachmentSink>,
  ): Promise<PartContent> {
    let part: Sink<boolean> | undefined;
    try {
      return await readPart<PartContent>(mail, async (kind) => {
        if (kind === "sealed") {
          const sink = await openAttachment();
          return { ...sink, close: async () => ({ sealed: await sink.close() }) };
        }
        const opened = await parts.openPart();
        part = opened;
        return { ...opened, close: async () => ({ part: opened }) };
      });
    } catch (error) {
      await part?.discard();
      throw error;
    }
  }

  /** What is inside goes to the sink, bounded; the sealed file is gone afterwards. */
  async function open<Result>(
    { path }: Attachment,
    sink: Sink<Result>,
    maxBytes: number,
  ): Promise<Result> {
    const { unsealer, fileSystem = nodeFileSystem } = intake;
    let size = 0;
    try {
      if (unsealer === undefined) throw sealedShut("this agent has no decryptionKeyFile");
      const file = await fileSystem.open(path, "read");
      try {
        await unsealer.unseal(file, async (bytes) => {
          size += bytes.length;
          if (size > maxBytes) throw tooMuch(`what it seals is larger than ${maxBytes} bytes`);
          await sink.write(bytes);
        });
      } finally {
        await file.close();
      }
    } catch (error) {
      await sink.discard();
      throw error;
    } finally {
      await fileSystem.remove(path);
    }
    return sink.close();
  }
}

/** A part that is written and still to be closed, or what it is sealed in. */
type PartContent = { readonly part: Sink<boolean> } | { readonly sealed: Attachment };
