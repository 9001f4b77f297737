/** What becomes of a mail that was dealt with: marked, moved or deleted; what was refused is only ever marked. */
import type { Logger } from "../../../../ports/index.ts";
import type { FolderProgress, ImapProgress } from "../progress/imap.ts";
import type { FolderName, ImapSession } from "./session.ts";

/** What is done to handled mail. */
export type ImapProcessing =
  | { readonly kind: "mark" | "delete" }
  | { readonly kind: "move"; readonly folder: FolderName };

/** Does in the selected folder what is owed there. @throws UNAVAILABLE; the rest stays owed */
export async function payOwed(
  session: ImapSession,
  { folder, progress }: { readonly folder: FolderProgress; readonly progress: ImapProgress },
  processing: ImapProcessing,
  logger: Logger,
): Promise<void> {
  if (folder.owed.size === 0) return;
  for (const [uid, verdict] of folder.owed) {
    const done = await process(session, uid, verdict === "handled" ? processing : { kind: "mark" });
    // A server that will not is not asked for ever; the tombstone stops the mail all the same.
    if (!done) logger.log("warn", `A mail could not be processed: ${processing.kind}.`, { uid });
    folder.owed.delete(uid);
  }
  await progress.save();
}

async function process(
  session: ImapSession,
  uid: number,
  processing: ImapProcessing,
): Promise<boolean> {
  if (processing.kind === "move") return session.move(uid, processing.folder);
  return processing.kind === "delete" ? session.delete(uid) : session.mark(uid);
}
