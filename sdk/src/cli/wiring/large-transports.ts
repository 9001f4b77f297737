/**
 * The transports that take much code (mail) or a library (opportunistic: DNS): an agent is handed them, so that it can
 * be built without.
 */
import type { Logger } from "../../ports/index.ts";
import type { OpportunisticReceiverConfig } from "../../schema/index.ts";
import type { Receiver } from "../../transport/index.ts";
import { smbclientShare } from "../../transport/smbclient/index.ts";
import type { Unsealer } from "../../transports/email/receiver/index.ts";
import { opportunisticReceiver } from "../../transports/opportunistic/receiver/index.ts";
import { openAgentMail } from "./mail.ts";

/** Ways that a small agent does not have. */
export interface LargeTransports {
  readonly mail: typeof openAgentMail;
  /** Opens what was encrypted to a key; absent in the agent that is one file, which has no OpenPGP.js. */
  readonly unsealer?: (secretKey: () => Promise<string>) => Promise<Unsealer>;
  /** Opens a share that nobody mounted. */
  readonly share: typeof smbclientShare;
  /** Servers and sticks that are near. */
  near(
    config: OpportunisticReceiverConfig,
    surroundings: { readonly resolve: (path: string) => string; readonly logger: Logger },
  ): Receiver;
}

/** All of them, as far as they go into one file. */
export const largeTransports: LargeTransports = {
  mail: openAgentMail,
  share: smbclientShare,
  near: ({ segments, domains, allowLoopback, mounts = [], pollSeconds }, { resolve, logger }) =>
    opportunisticReceiver({
      mounts: mounts.map(resolve),
      logger,
      ...(pollSeconds === undefined ? {} : { pollMs: pollSeconds * 1000 }),
      ...(segments === undefined ? {} : { segments }),
      ...(domains === undefined ? {} : { domains }),
      ...(allowLoopback === undefined ? {} : { allowLoopback }),
    }),
};
