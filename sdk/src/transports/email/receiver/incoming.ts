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
 * @param settle what becomes of the mail itself; what it left in the spool is removed before.
 * @returns `undefined` if the mail is not ours, or was dealt with while it was read, and then it is settled.
 * @throws MESSAGE_AMBIGUOUS, MESSAGE_LIMIT, MESSAGE_SEALED; nothing stays in the spool then.
 */
export async function takeMail(
  file: FileHandle,
  origin: string,
  { spool, interest, limits }: MailIntake,
  settle: Incoming["settle"],
): Promise<Incoming | undefined> {
  const paths: string[] = [];
  const clear = async (): Promise<void> => {
    for (const path of paths) await spool.remove(path);
  };
  try {
    const content = await interest.read(file, { ...defaultLimits, ...limits }, () => {
      const path = spool.newPath();
      paths.push(path);
      return spool.openAttachment(path);
    });
    if (content === undefined || "settled" in content) {
      await clear();
      if (content !== undefined) await settle(content.settled);
      return undefined;
    }
    return {
      bytes: content.document,
      origin,
      ...(content.trust === undefined ? {} : { trust: content.trust }),
      ...(content.attachment === undefined ? {} : { attachment: content.attachment }),
      ...(content.returned === undefined ? {} : { returned: content.returned }),
      async settle(verdict) {
        await clear();
        await settle(verdict);
      },
    };
  } catch (error) {
    await clear();
    throw error;
  }
}
