/** Encrypted archives and parts, opened with OpenPGP.js (LGPL); loaded only where a decryption key is configured. */
export { openDecryptionKey, type DecryptionKey } from "./key.ts";
export { mailUnsealer, type MailUnsealerOptions } from "./unsealer.ts";
