/** Where a share of a configuration is: a directory, or `//server/share` for smbclient where nothing is mounted. */
import type { SmbclientConfig } from "../../schema/index.ts";
import type { smbclientShare } from "../../transport/smbclient/index.ts";
import type { Share, ShareLocation } from "../../transport/tree/index.ts";

/** What finding it takes. */
export interface ShareSurroundings {
  readonly resolve: (path: string) => string;
  /** Opens one that nobody mounted; a small agent throws. */
  readonly unmounted: typeof smbclientShare;
}

/** @throws CONFIG_INVALID for a root that is no share */
export function locateShare(
  { root, smbclient }: { readonly root: string; readonly smbclient?: SmbclientConfig },
  { resolve, unmounted }: ShareSurroundings,
): ShareLocation<Share> {
  if (smbclient === undefined || !root.startsWith("//")) return { root: resolve(root) };
  const { credentialsFile, ...access } = smbclient;
  const login = credentialsFile === undefined ? {} : { credentialsFile: resolve(credentialsFile) };
  return { share: unmounted({ root, ...access, ...login }) };
}
