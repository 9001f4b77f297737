/** E-mail, the server's half. */
export { parseAddress, type MailAddress } from "../address.ts";
export type { Relay } from "./relay.ts";
export { emailSender, type EmailSender, type EmailSenderOptions } from "./sender.ts";
