/**
 * One look into the drop folder of a share or stick. The folder is hostile: plain files with a digest for a name only,
 * bounded in size and number a look.
 */
import { maxEnvelopeBytes } from "../../messages/index.ts";
import type { Incoming } from "../receiver.ts";
import { treeNames } from "./layout.ts";
import type { ShareCall, ShareFolder, ShareReader } from "./share.ts";

/** What is needed of a share to empty its drop folder. */
export type ReceiptDrop = Pick<ShareReader, "root" | "read"> & ShareFolder;

const maxFilesPerLook = 1000;
const maxBytes = maxEnvelopeBytes["receipt/1"];

/** Yields what lies there; settling a receipt removes it. @throws UNAVAILABLE, CANCELLED */
export async function* droppedReceipts(
  share: ReceiptDrop,
  options: ShareCall = {},
): AsyncGenerator<Incoming> {
  const entries = await share.list(treeNames.receipts, options);
  const receipts = entries.filter(({ name }) => /^[0-9a-f]{64}\.json$/.test(name));
  for (const { name, isPlainFile, size } of receipts.slice(0, maxFilesPerLook)) {
    const path = `${treeNames.receipts}/${name}`;
    const settle = (): Promise<void> => share.remove(path);
    if (!isPlainFile || size > maxBytes) await settle();
    else
      yield {
        bytes: await share.read(path, maxBytes, options),
        origin: `${share.root}/${path}`,
        settle,
      };
  }
}
