/**
 * Picks up the receipts that agents dropped, again and again; what was settled is removed, so that the share stays
 * small.
 */
import { silentLogger, type Logger } from "../../../ports/index.ts";
import { nextPauseMs, pause, type Receiver } from "../../../transport/index.ts";
import {
  droppedReceipts,
  openShare,
  type LeftLying,
  type ReceiptDrop,
  type ShareLocation,
} from "../../../transport/tree/index.ts";

/** How the drop folder is looked at. */
export type UncReceiptInboxOptions = ShareLocation<ReceiptDrop> & {
  /** Pause between looks; default 5,000, ± 20 %. */
  readonly pollMs?: number;
  readonly logger?: Logger;
};

const againMs = 3_600_000;

/** Hears receipts from a share. */
export function uncReceiptInbox(options: UncReceiptInboxOptions): Receiver {
  const { logger = silentLogger, pollMs = 5000 } = options;
  const share = openShare(options);
  const tell = tellingOnce(share.root, logger);
  return {
    name: "unc",
    async *receive({ signal }) {
      for (let faults = 0; !signal.aborted;) {
        try {
          yield* droppedReceipts(share, {
            signal,
            onFault: (origin, error) =>
              logger.log("debug", `${origin} cannot be read.`, { cause: (error as Error).message }),
            onEnd: tell,
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

/** Says what lies in the drop folder and should not, once an hour: whoever may write there may be asked. */
function tellingOnce(root: string, logger: Logger): (left: LeftLying) => void {
  const toldAtMs = { receipts: -againMs, foreign: -againMs };
  const tell = (what: keyof LeftLying, message: string): void => {
    if (performance.now() - toldAtMs[what] < againMs) return;
    toldAtMs[what] = performance.now();
    logger.log("warn", message);
  };
  return ({ receipts, foreign }) => {
    if (receipts > 0)
      tell(
        "receipts",
        `More lies in ${root}/receipts than one look takes: ${receipts} wait for the next. If that does not end, see who may write there.`,
      );
    if (foreign > 0)
      tell(
        "foreign",
        `${root}/receipts is for receipts only: ${foreign} other ${foreign === 1 ? "entry is" : "entries are"} left alone there.`,
      );
  };
}
