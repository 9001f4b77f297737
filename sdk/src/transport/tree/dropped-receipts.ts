/**
 * One look into the drop folder of a share or stick. The folder is hostile: plain files with a digest for a name only,
 * bounded in size and number a look.
 */
import { maxEnvelopeBytes } from "../../messages/index.ts";
import { throwIfCancelled } from "../partial-archive.ts";
import type { Incoming } from "../receiver.ts";
import { treeNames } from "./layout.ts";
import type { ShareCall, ShareEntry, ShareFolder, ShareReader } from "./share.ts";

/** What is needed of a share to empty its drop folder. */
export type ReceiptDrop = Pick<ShareReader, "root" | "read"> & ShareFolder;

const maxFilesPerLook = 1000;
const maxFaultsPerLook = 50;
const maxBytes = maxEnvelopeBytes["receipt/1"];

/** How one look is made. */
export interface DropOptions extends ShareCall {
  /** Told of what can be neither read nor removed; it stays there. */
  readonly onFault?: (origin: string, error: unknown) => void;
}

/**
 * Yields what lies there; settling a receipt removes it. Who puts something there that nobody can read keeps nobody
 * else's receipts back.
 *
 * @throws UNAVAILABLE where nothing at all can be read, CANCELLED
 */
export async function* droppedReceipts(
  share: ReceiptDrop,
  { onFault, ...options }: DropOptions = {},
): AsyncGenerator<Incoming> {
  const entries = await share.list(treeNames.receipts, options);
  const receipts = entries.filter(({ name }) => /^[0-9a-f]{64}\.json$/.test(name));
  let faults = 0;
  let isReadable = false;
  for (const entry of fromAnywhere(receipts).slice(0, maxFilesPerLook)) {
    const path = `${treeNames.receipts}/${entry.name}`;
    let receipt: Incoming | undefined;
    try {
      receipt = await take(share, path, entry, options);
      isReadable = true;
    } catch (error) {
      throwIfCancelled(options.signal, share.root);
      const isGivenUp = ++faults === Math.min(maxFaultsPerLook, receipts.length);
      if (isGivenUp && !isReadable) throw error;
      onFault?.(`${share.root}/${path}`, error);
      if (isGivenUp) return;
    }
    if (receipt !== undefined) yield receipt;
  }
}

/** @returns `undefined` for what is no receipt, and was removed */
async function take(
  share: ReceiptDrop,
  path: string,
  { isPlainFile, size }: ShareEntry,
  options: ShareCall,
): Promise<Incoming | undefined> {
  const remove = (): Promise<void> => share.remove(path);
  if (!isPlainFile || size > maxBytes) {
    await remove();
    return undefined;
  }
  const bytes = await share.read(path, maxBytes, options);
  return { bytes, origin: `${share.root}/${path}`, settle: remove };
}

/** The same, begun at some other place each time: what stays there for good keeps nothing behind it back for good. */
function fromAnywhere<T>(entries: readonly T[]): T[] {
  const first = Math.floor(Math.random() * entries.length);
  return [...entries.slice(first), ...entries.slice(0, first)];
}
