/** From a mail's file to an Incoming: the document, the archive in the spool, and what settling means for both. */
import type { FileHandle } from "../../../ports/index.ts";
import type { Incoming } from "../../../transport/index.ts";
import type { MailInterest } from "./interest.ts";
import { defaultLimits, type MailLimits } from "./mime/limits.ts";
import type { Spool } from "./spool.ts";

/** How a mail is taken in. */
export interface MailIntake {
  readonly spool: Spool;
  readonly interest: MailInterest;
  /** Bounds other than the usual ones. */
  readonly limits?: Partial<MailLimits>;
}

/**
 * Reads a mail into an Incoming.
 *
 * @param settle what becomes of the mail itself; the archive in the spool is removed before.
 * @returns `undefined` if the mail is not ours.
 * @throws MESSAGE_AMBIGUOUS, MESSAGE_LIMIT; nothing stays in the spool then.
 */
export async function takeMail(
  file: FileHandle,
  origin: string,
  { spool, interest, limits }: MailIntake,
  settle: Incoming["settle"],
): Promise<Incoming | undefined> {
  const path = spool.newPath();
  try {
    const content = await interest.read(file, { ...defaultLimits, ...limits }, () =>
      spool.openAttachment(path),
    );
    if (content === undefined) return undefined;
    return {
      bytes: content.document,
      origin,
      ...(content.attachment === undefined ? {} : { attachment: content.attachment }),
      async settle(verdict) {
        await spool.remove(path);
        await settle(verdict);
      },
    };
  } catch (error) {
    await spool.remove(path);
    throw error;
  }
}
