/** E-mail, the agent's way back: receipts to the server's mailbox. */
export { emailReceiptSender, type EmailReceiptSenderOptions } from "./sender.ts";
