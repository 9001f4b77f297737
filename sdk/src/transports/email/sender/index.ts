/** E-mail, the server's half. */
export { parseAddress, type MailAddress } from "../../../transport/index.ts";
export type { Dkim, Relay, RelayLogin } from "./relay.ts";
export { emailSender, type EmailSender, type EmailSenderOptions } from "./sender.ts";
