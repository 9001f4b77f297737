/** E-mail, the agent's half. */
export { maildirReceiver, type MaildirReceiverOptions } from "./maildir.ts";
export type { MailLimits } from "./mime/limits.ts";
export { streamReceiver, type StreamReceiverOptions } from "./stream.ts";
