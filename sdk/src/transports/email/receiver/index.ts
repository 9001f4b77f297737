/** E-mail, the agent's half. */
export { archives, type ArchiveIntake, type PartStore, type Unsealer } from "./archives.ts";
export type { MailLogin, MailServer, PasswordLogin, Secret } from "./connection/mail-server.ts";
export { imapReceiver, type ImapReceiverOptions } from "./imap.ts";
export { documents, type MailInterest, type SettledContent } from "./interest.ts";
export { maildirReceiver, type MaildirReceiverOptions } from "./maildir.ts";
export type { MailLimits } from "./mime/limits.ts";
export { pop3Receiver, type Pop3ReceiverOptions } from "./pop3.ts";
export { streamReceiver, type StreamReceiverOptions } from "./stream.ts";
