/**
 * A backup of a server's data directory, as a folder: the store, packages, the audit log, in this order. Packages only
 * grow, and an order's line comes before its effect: so whatever the copied store knows of is in the two others, and
 * what only the copied log knows of is taken back when the restored server starts. A database is copied by its own
 * tools, before.
 */
import { cp, mkdir, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { fileExists } from "../../release/files.ts";
import type { DatabaseOptions } from "../../store/postgres/index.ts";
import { backUpStore, restoreStore } from "../../store/sqlite/index.ts";
import type { Terminal } from "../io.ts";

const store = "store.sqlite";
/** Packages; the log of a server alone; of several processes each its own. */
const beside = ["host", "audit.jsonl", "process"];

/** What is copied, and where its store is. */
export interface Saved {
  readonly dataDirectory: string;
  /** Without it, the store is a file in the directory. */
  readonly database?: DatabaseOptions;
}

/**
 * Copies; the server may run. Into the same folder again, only new packages are copied.
 * @throws STORE_FAILED, FILE_MISSING
 */
export async function backUp(
  terminal: Terminal,
  { dataDirectory, database }: Saved,
  folder: string,
): Promise<void> {
  await requireThere(terminal, database === undefined ? join(dataDirectory, store) : dataDirectory);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (database === undefined) backUpStore(join(dataDirectory, store), join(folder, store));
  for (const name of beside)
    if (await fileExists(terminal, join(dataDirectory, name)))
      await cp(join(dataDirectory, name), join(folder, name), {
        recursive: true,
        force: name !== "host",
        // A process that runs holds its folder: what is copied is held by nobody.
        filter: (path) => name !== "process" || basename(path) !== "lock",
      });
}

/** Puts a backup into an empty data directory. @throws FILE_MISSING, FILE_EXISTS, STORE_FAILED, CONFIG_INVALID */
export async function restore(
  terminal: Terminal,
  folder: string,
  { dataDirectory, database }: Saved,
): Promise<void> {
  await requireThere(terminal, database === undefined ? join(folder, store) : folder);
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  if ((await readdir(dataDirectory)).length > 0)
    throw new OutriderError(
      "FILE_EXISTS",
      `${dataDirectory} is not empty. Move what is in it away: a backup never replaces a store.`,
      { subject: dataDirectory },
    );
  if (database !== undefined) {
    const { readyRestored } = await import("../../store/postgres/index.ts");
    await readyRestored(database);
  }
  for (const name of beside)
    if (await fileExists(terminal, join(folder, name)))
      await cp(join(folder, name), join(dataDirectory, name), { recursive: true });
  if (database === undefined) restoreStore(join(folder, store), join(dataDirectory, store));
}

async function requireThere(terminal: Terminal, path: string): Promise<void> {
  if (await fileExists(terminal, path)) return;
  throw new OutriderError("FILE_MISSING", `${path} does not exist.`, { subject: path });
}
