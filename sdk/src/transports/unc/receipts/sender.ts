/** Drops receipts into `ROOT/receipts/`, each under its own digest: written beside, synced, renamed. */
import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { OutriderError } from "../../../errors/index.ts";
import { nodeFileSystem, type FileSystem } from "../../../ports/index.ts";
import type { ReceiptSender } from "../../../transport/index.ts";
import { share } from "../../../transport/tree/index.ts";

/** Where receipts go. */
export interface UncReceiptSenderOptions {
  /** Directory of this machine's own configuration. */
  readonly root: string;
  readonly fileSystem?: FileSystem;
}

/** Sends receipts by share; the agent needs to write only in `receipts/`. */
export function uncReceiptSender({
  root,
  fileSystem = nodeFileSystem,
}: UncReceiptSenderOptions): ReceiptSender {
  return {
    name: "unc",
    async send(bytes) {
      const folder = share.receipts(root);
      const name = createHash("sha256").update(bytes).digest("hex");
      const temporary = join(folder, `.${randomUUID()}.tmp`);
      try {
        if ((await fileSystem.stat(folder)) === undefined)
          await fileSystem.makeDirectory(folder, 0o777);
        const handle = await fileSystem.open(temporary, "create");
        try {
          await handle.write(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await fileSystem.rename(temporary, join(folder, `${name}.json`));
        await fileSystem.syncDirectory(folder);
      } catch (cause) {
        await fileSystem.remove(temporary).catch(() => undefined); // a share that is away keeps its litter
        throw new OutriderError("UNAVAILABLE", `${folder} does not take receipts now.`, {
          subject: folder,
          cause,
        });
      }
    },
  };
}
