/**
 * Which mail a receiver takes: lines of the header say so, before anything is fetched; what is taken is then read by
 * the rules of whoever is interested. Agents take documents that say they are ours; the server's mailbox also takes
 * reports.
 */
import type { FileHandle } from "../../../ports/index.ts";
import { documentHeader } from "../wire.ts";
import type { MailLimits } from "./mime/limits.ts";
import { readMail, type AttachmentSink, type MailContent } from "./mime/read-mail.ts";

/** What a receiver takes, and how it reads it. */
export interface MailInterest {
  /** Header fields that tell; a mail server is asked for no others. */
  readonly fields: readonly string[];
  /** Does this line of the header say that the mail is to be fetched? Reading decides. */
  readonly tells: (line: string) => boolean;
  /**
   * Reads it; `undefined` if it is none after all.
   *
   * @param openAttachment makes a private file that is removed when the mail is settled.
   * @throws MESSAGE_AMBIGUOUS, MESSAGE_LIMIT, MESSAGE_SEALED
   */
  read(
    file: FileHandle,
    limits: MailLimits,
    openAttachment: () => Promise<AttachmentSink>,
  ): Promise<MailContent | SettledContent | undefined>;
}

/** What was dealt with while it was read: there is no document to hand on. */
export interface SettledContent {
  readonly settled: "handled" | "ignored";
}

const saysOurs = new RegExp(`^${documentHeader}[ \\t]*:`, "i");

/** Documents of Outrider, recognized by their pre-established field (Fig. 4, step 82). */
export const documents: MailInterest = {
  fields: [documentHeader],
  tells: (line) => saysOurs.test(line),
  read: readMail,
};
