/** One tree of signed documents, on whatever carries it: a share, a stick, a web server. */
export { directoryTree } from "./directory.ts";
export { httpTree, type HttpTreeOptions } from "./http.ts";
export { share, treeNames } from "./layout.ts";
export { CarrierBusy, sha256Hex, type Tree } from "./tree.ts";
export { catalogFrom, watchTree, type WatchOptions } from "./watch.ts";
