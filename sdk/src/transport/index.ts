/**
 * Row 3: the ports that every transport and obtainer implements, and what carrying an archive means for all of them.
 */
export { copyArchive, type CopyOptions } from "./copy-archive.ts";
export { Gathering } from "./gathering.ts";
export { parseAddress, type MailAddress } from "./mail-address.ts";
export type {
  ArchiveInParts,
  ObtainedArchive,
  Obtainer,
  ObtainRequest,
  Reach,
  WebFolder,
} from "./obtainer.ts";
export { nextPauseMs, pause, type Pacing } from "./pacing.ts";
export {
  isComplete,
  PartialArchive,
  partialPath,
  throwIfCancelled,
  type ArchiveTarget,
} from "./partial-archive.ts";
export type { Attachment, Incoming, Receiver, Shelf } from "./receiver.ts";
export type { ReceiptSender } from "./receipt-sender.ts";
export type { ReturnedMail, ReturnedRecipient } from "./returned.ts";
export type {
  Addressed,
  Delivery,
  DeliveryOutcome,
  PartDelivery,
  Recipient,
  Sender,
} from "./sender.ts";
