/**
 * One look into the drop folder of a share or stick. The folder is hostile, for whoever may write there drops what they
 * like: plain files with a digest for a name only, bounded in number, bytes and refusals a look (THREATS N18). What has
 * another name is somebody else's, and is left alone.
 */
import { maxEnvelopeBytes } from "../../messages/index.ts";
import { throwIfCancelled } from "../partial-archive.ts";
import type { Incoming } from "../receiver.ts";
import { treeNames } from "./layout.ts";
import { isTemporary } from "./litter.ts";
import type { ShareCall, ShareEntry, ShareFolder, ShareReader } from "./share.ts";

/** What is needed of a share to empty its drop folder. */
export type ReceiptDrop = Pick<ShareReader, "root" | "read"> & ShareFolder;

const maxFilesPerLook = 1000;
const maxBytesPerLook = 16 * 1024 * 1024;
/** What is refused is a line of the audit log each time, which is for ever. */
const maxRefusedPerLook = 50;
const maxFaultsPerLook = 50;
const maxBytes = maxEnvelopeBytes["receipt/1"];

/** What a look left lying. */
export interface LeftLying {
  /** Receipts by their name, for the next look: this one had its fill. */
  readonly receipts: number;
  /** Files and folders that are none. */
  readonly foreign: number;
}

/** How one look is made. */
export interface DropOptions extends ShareCall {
  /** Told of what can be neither read nor removed; it stays there. */
  readonly onFault?: (origin: string, error: unknown) => void;
  /** Told at the end of a look. */
  readonly onEnd?: (left: LeftLying) => void;
}

/**
 * Yields what lies there; settling a receipt removes it. Who puts something there that nobody can read keeps nobody
 * else's receipts back.
 *
 * @throws UNAVAILABLE where nothing at all can be read, CANCELLED
 */
export async function* droppedReceipts(
  share: ReceiptDrop,
  { onFault, onEnd, ...options }: DropOptions = {},
): AsyncGenerator<Incoming> {
  const left = { receipts: 0, foreign: 0 };
  const pick = (names: readonly string[]): string[] => {
    const receipts = names.filter((name) => /^[0-9a-f]{64}\.json$/.test(name));
    left.receipts = receipts.length;
    left.foreign = names.filter((name) => !isTemporary(name)).length - receipts.length;
    return fromAnywhere(receipts).slice(0, maxFilesPerLook);
  };
  const entries = await share.list(treeNames.receipts, { ...options, pick });
  const taken = { bytes: 0, refused: 0, faults: 0, isReadable: false };
  for (const entry of entries) {
    if (taken.bytes > maxBytesPerLook || taken.refused >= maxRefusedPerLook) break;
    const path = `${treeNames.receipts}/${entry.name}`;
    let receipt: Incoming | undefined;
    try {
      receipt = await take(share, path, entry, options);
      taken.isReadable = true;
    } catch (error) {
      throwIfCancelled(options.signal, share.root);
      const isGivenUp = ++taken.faults === Math.min(maxFaultsPerLook, entries.length);
      if (isGivenUp && !taken.isReadable) throw error;
      onFault?.(`${share.root}/${path}`, error);
      if (isGivenUp) break;
    }
    left.receipts--;
    if (receipt === undefined) continue;
    taken.bytes += receipt.bytes.length;
    yield {
      ...receipt,
      settle: (verdict) => {
        if (verdict === "refused") taken.refused++;
        return receipt.settle(verdict);
      },
    };
  }
  onEnd?.(left);
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
