/** Receipts over a share: agents drop them, the server picks them up. */
export { uncReceiptInbox, type UncReceiptInboxOptions } from "./inbox.ts";
export { uncReceiptSender, type UncReceiptSenderOptions } from "./sender.ts";
