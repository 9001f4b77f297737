/** Drops receipts into `ROOT/receipts/`, each under its own digest. */
import { OutriderError } from "../../../errors/index.ts";
import { maxEnvelopeBytes } from "../../../messages/index.ts";
import { sha256Hex } from "../../../signing/index.ts";
import type { ReceiptSender } from "../../../transport/index.ts";
import {
  openShare,
  treeNames,
  type ShareLocation,
  type ShareReader,
  type ShareWriter,
} from "../../../transport/tree/index.ts";

/** Where receipts go. */
export type UncReceiptSenderOptions = ShareLocation<ShareReader & Pick<ShareWriter, "write">>;

/** Sends receipts by share; the agent needs to write only in `receipts/`. */
export function uncReceiptSender(options: UncReceiptSenderOptions): ReceiptSender {
  const share = openShare(options);
  return {
    name: "unc",
    async send(bytes, { signal }) {
      try {
        // The folder of a stick that is not in, or of a share that is not mounted, is there all the same: whatever lay
        // in it would never be picked up. Where there is a catalog, somebody comes for receipts too.
        await share.read(treeNames.catalog, maxEnvelopeBytes["catalog/1"], { signal });
        await share.write(treeNames.receipt(sha256Hex(bytes)), bytes, { signal });
      } catch (cause) {
        throw new OutriderError("UNAVAILABLE", `${share.root} does not take receipts now.`, {
          subject: share.root,
          cause,
        });
      }
    },
  };
}
