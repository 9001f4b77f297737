/** E-mail, the pusher's half: triggers to the server's mailbox. */
export { emailOrderSender, type EmailOrderSenderOptions } from "./sender.ts";
