/** E-mail, the server's mailbox: documents, and what carriers report of mails that were sent. */
export { serverMail } from "./server-mail.ts";
