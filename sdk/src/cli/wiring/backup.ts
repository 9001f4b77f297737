/**
 * A backup of a server's data directory, as a folder: the store, packages, the audit log, in this order. Packages only grow, and
 * an order's line comes before its effect: so whatever the copied store knows of is in the two others, and what only the
 * copied log knows of is taken back when the restored server starts.
 */
import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { fileExists } from "../../release/files.ts";
import { backUpStore, restoreStore } from "../../store/sqlite/index.ts";
import type { Terminal } from "../io.ts";

const [store, packages, log] = ["store.sqlite", "host", "audit.jsonl"];

/** Copies; the server may run. Into the same folder again, only new packages are copied. @throws STORE_FAILED, FILE_MISSING */
export async function backUp(
  terminal: Terminal,
  dataDirectory: string,
  folder: string,
): Promise<void> {
  await requireThere(terminal, join(dataDirectory, store));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  backUpStore(join(dataDirectory, store), join(folder, store));
  if (await fileExists(terminal, join(dataDirectory, packages)))
    await cp(join(dataDirectory, packages), join(folder, packages), {
      recursive: true,
      force: false,
    });
  if (await fileExists(terminal, join(dataDirectory, log)))
    await cp(join(dataDirectory, log), join(folder, log));
}

/** Puts a backup into an empty data directory. @throws FILE_MISSING, FILE_EXISTS, STORE_FAILED */
export async function restore(
  terminal: Terminal,
  folder: string,
  dataDirectory: string,
): Promise<void> {
  await requireThere(terminal, join(folder, store));
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  if ((await readdir(dataDirectory)).length > 0)
    throw new OutriderError(
      "FILE_EXISTS",
      `${dataDirectory} is not empty. Move what is in it away: a backup never replaces a store.`,
      { subject: dataDirectory },
    );
  for (const name of [packages, log])
    if (await fileExists(terminal, join(folder, name)))
      await cp(join(folder, name), join(dataDirectory, name), { recursive: true });
  restoreStore(join(folder, store), join(dataDirectory, store));
}

async function requireThere(terminal: Terminal, path: string): Promise<void> {
  if (await fileExists(terminal, path)) return;
  throw new OutriderError("FILE_MISSING", `${path} does not exist.`, { subject: path });
}
