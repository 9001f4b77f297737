/** Picks up the receipts that agents dropped, again and again; what was settled is removed, so that the share stays small. */
import { silentLogger, type Logger } from "../../../ports/index.ts";
import { nextPauseMs, pause, type Receiver } from "../../../transport/index.ts";
import {
  droppedReceipts,
  openShare,
  type ReceiptDrop,
  type ShareLocation,
} from "../../../transport/tree/index.ts";

/** How the drop folder is looked at. */
export type UncReceiptInboxOptions = ShareLocation<ReceiptDrop> & {
  /** Pause between looks; default 5,000, ± 20 %. */
  readonly pollMs?: number;
  readonly logger?: Logger;
};

/** Hears receipts from a share. */
export function uncReceiptInbox(options: UncReceiptInboxOptions): Receiver {
  const { logger = silentLogger, pollMs = 5000 } = options;
  const share = openShare(options);
  return {
    name: "unc",
    async *receive({ signal }) {
      for (let faults = 0; !signal.aborted;) {
        try {
          yield* droppedReceipts(share, {
            signal,
            onFault: (origin, error) =>
              logger.log("debug", `${origin} cannot be read.`, { cause: (error as Error).message }),
          });
          faults = 0;
        } catch (error) {
          if (signal.aborted) return;
          logger.log(faults++ === 0 ? "warn" : "debug", `${share.root}: no receipts can be read.`, {
            cause: (error as Error).message,
          });
        }
        await pause(nextPauseMs({ pollMs }, faults), signal);
      }
    },
  };
}
