/** One tree of signed documents, on whatever carries it: a share, a stick, a web server. */
export { directoryShare } from "./directory.ts";
export { droppedReceipts, type LeftLying, type ReceiptDrop } from "./dropped-receipts.ts";
export { httpTree, type HttpTreeOptions } from "./http.ts";
export { treeNames } from "./layout.ts";
export { News } from "./news.ts";
export { openShare, type ShareLocation } from "./open-share.ts";
export type {
  ListOptions,
  Share,
  ShareableArchive,
  ShareCall,
  ShareEntry,
  ShareFolder,
  ShareReader,
  ShareWriter,
} from "./share.ts";
export { shareTree } from "./share-tree.ts";
export { CarrierBusy, type Tree } from "./tree.ts";
export { catalogFrom, watchTree, type WatchOptions } from "./watch.ts";
