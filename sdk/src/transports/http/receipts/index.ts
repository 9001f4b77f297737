/** Receipts over HTTP, the agent's half: `POST receipts` at the server. */
export { httpReceiptSender, type HttpReceiptSenderOptions } from "./sender.ts";
