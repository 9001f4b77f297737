/**
 * Picks up the receipts that agents dropped. The folder is hostile: plain files with a digest for a name only, bounded
 * in size and number a look; what was settled is removed, so that the share stays small.
 */
import { join } from "node:path";
import { maxEnvelopeBytes } from "../../../messages/index.ts";
import {
  nodeFileSystem,
  readWhole,
  silentLogger,
  type FileSystem,
  type Logger,
} from "../../../ports/index.ts";
import { nextPauseMs, pause, type Incoming, type Receiver } from "../../../transport/index.ts";
import { share } from "../../../transport/tree/index.ts";

/** How the drop directory is looked at. */
export interface UncReceiptInboxOptions {
  readonly root: string;
  /** Pause between looks; default 5,000, ± 20 %. */
  readonly pollMs?: number;
  readonly fileSystem?: FileSystem;
  readonly logger?: Logger;
}

const maxFilesPerLook = 1000;
const receiptName = /^[0-9a-f]{64}\.json$/;

/** Hears receipts from a share. */
export function uncReceiptInbox(options: UncReceiptInboxOptions): Receiver {
  const { root, fileSystem = nodeFileSystem, logger = silentLogger, pollMs = 5000 } = options;
  const folder = share.receipts(root);

  async function* look(): AsyncGenerator<Incoming> {
    if ((await fileSystem.stat(folder)) === undefined) return;
    const names = (await fileSystem.list(folder)).filter((name) => receiptName.test(name));
    for (const name of names.slice(0, maxFilesPerLook)) {
      const path = join(folder, name);
      const settle = (): Promise<void> => fileSystem.remove(path);
      const facts = await fileSystem.stat(path);
      if (facts?.kind !== "file" || facts.size > maxEnvelopeBytes["receipt/1"]) await settle();
      else
        yield {
          bytes: await readWhole(fileSystem, path, maxEnvelopeBytes["receipt/1"]),
          origin: path,
          settle,
        };
    }
  }

  return {
    name: "unc",
    async *receive({ signal }) {
      for (let faults = 0; !signal.aborted;) {
        try {
          yield* look();
          faults = 0;
        } catch (error) {
          logger.log(faults++ === 0 ? "warn" : "debug", `${folder} cannot be read.`, {
            cause: (error as Error).message,
          });
        }
        await pause(nextPauseMs({ pollMs }, faults), signal);
      }
    },
  };
}
