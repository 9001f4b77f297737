/** The notification of a deployment that was begun before, from the exact bytes in its journal. */
import { OutriderError } from "../../errors/index.ts";
import type { Incoming } from "../../transport/index.ts";
import type { Journal, JournalRecord } from "../memory/journal.ts";
import type { Workplace } from "../workplace.ts";
import { authenticate, type AuthenticNotification } from "./authenticate.ts";
import { recognizeNotification } from "./recognize.ts";

/**
 * Authenticates it once more, as of this moment.
 *
 * @param again the message that is here now, if one is: the archive may have come with it.
 * @throws those of `authenticate`
 */
export async function readAccepted(
  journal: Journal,
  left: JournalRecord,
  place: Workplace,
  at: Date,
  again?: Incoming,
): Promise<AuthenticNotification> {
  const incoming: Incoming = {
    bytes: await journal.readNotification(),
    origin: "the journal",
    settle: () => Promise.resolve(),
    ...(again?.attachment === undefined ? {} : { attachment: again.attachment }),
    ...(again?.shelf === undefined ? {} : { shelf: again.shelf }),
  };
  const recognized = recognizeNotification({ incoming, transport: left.transport });
  if (recognized === undefined)
    throw new OutriderError("DOCUMENT_INVALID", "The journalled notification is damaged.");
  return authenticate(recognized, place.trust.at(at));
}
