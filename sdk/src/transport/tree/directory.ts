/** A tree in a directory: fixed names below the root, plain files only, bounded, no link followed (THREATS N14). */
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { maxEnvelopeBytes } from "../../messages/index.ts";
import { readWhole, type FileSystem } from "../../ports/index.ts";
import { throwIfCancelled } from "../partial-archive.ts";
import { share } from "./layout.ts";
import { holdToDigest, type Tree } from "./tree.ts";

/** Reads below a directory of this machine's own configuration. */
export function directoryTree(root: string, fileSystem: FileSystem): Tree {
  const origin = share.catalog(root);
  return {
    origin,
    catalog: () => readPlain(fileSystem, origin, maxEnvelopeBytes["catalog/1"]),
    shelf: {
      async notification(sha256, { signal }) {
        throwIfCancelled(signal, root);
        const path = share.notification(root, sha256);
        const bytes = await readPlain(fileSystem, path, maxEnvelopeBytes["notification/1"]);
        return holdToDigest(sha256, bytes, path);
      },
      async trust(version, { signal }) {
        throwIfCancelled(signal, root);
        const path = share.trust(root, version);
        return readPlain(fileSystem, path, maxEnvelopeBytes["trust/1"]);
      },
    },
  };
}

/** Reads a plain file; a pipe or device under its name is never opened. */
async function readPlain(
  fileSystem: FileSystem,
  path: string,
  maxBytes: number,
): Promise<Uint8Array> {
  try {
    const facts = await fileSystem.stat(path);
    if (facts?.kind === "file") return await readWhole(fileSystem, path, maxBytes);
    throw new OutriderError(
      "UNAVAILABLE",
      facts === undefined ? `${path} is not there.` : `${path} is not a plain file.`,
      { subject: path },
    );
  } catch (error) {
    if (isOutriderError(error)) throw error;
    throw new OutriderError("UNAVAILABLE", `${path} cannot be read.`, {
      subject: path,
      cause: error,
    });
  }
}
