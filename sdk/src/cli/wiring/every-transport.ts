/**
 * Every transport, with OpenPGP.js for encrypted archives, which is loaded where a decryption key is configured. Apart
 * from the large transports, because the agent that is one file has no such library.
 */
import { largeTransports, type LargeTransports } from "./large-transports.ts";

/** What `outrider agent` has. */
export const everyTransport: LargeTransports = {
  ...largeTransports,
  unsealer: async (secretKey) => {
    const { mailUnsealer } = await import("../../transports/email/receiver/decrypt/index.ts");
    return mailUnsealer({ secretKey });
  },
};
