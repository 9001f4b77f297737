/** A share as it is looked at: its catalog, and what the catalog names. */
import { maxEnvelopeBytes } from "../../messages/index.ts";
import { treeNames } from "./layout.ts";
import type { ShareReader } from "./share.ts";
import { holdToDigest, type Tree } from "./tree.ts";

/** The tree on a share. */
export function shareTree(share: Pick<ShareReader, "root" | "read">): Tree {
  const at = (name: string): string => `${share.root}/${name}`;
  return {
    origin: at(treeNames.catalog),
    catalog: (options) => share.read(treeNames.catalog, maxEnvelopeBytes["catalog/1"], options),
    shelf: {
      async notification(sha256, options) {
        const name = treeNames.notification(sha256);
        const bytes = await share.read(name, maxEnvelopeBytes["notification/1"], options);
        return holdToDigest(sha256, bytes, at(name));
      },
      trust: async (version, options) =>
        share.read(treeNames.trust(version), maxEnvelopeBytes["trust/1"], options),
      archives: "share",
    },
  };
}
