/** Where a share is: a directory of this machine, or one that was opened by other means. */
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import { directoryShare } from "./directory.ts";
import type { Share } from "./share.ts";

/** One or the other; always out of this machine's own configuration, never out of a message. */
export type ShareLocation<Port extends object> =
  | {
      /** Directory: a mounted path, `\\server\share\…` on Windows. */
      readonly root: string;
      readonly fileSystem?: FileSystem;
      readonly share?: never;
    }
  | {
      /** A share that nobody mounted, such as `smbclientShare`. */
      readonly share: Port;
      readonly root?: never;
      readonly fileSystem?: never;
    };

/** Opens it; nothing is read yet. */
export function openShare<Port extends object>(location: ShareLocation<Port>): Port | Share {
  return location.root === undefined
    ? location.share
    : directoryShare(location.root, location.fileSystem ?? nodeFileSystem);
}
