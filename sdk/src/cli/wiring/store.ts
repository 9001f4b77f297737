/** The store of a server's configuration. */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import type { ServerStore } from "../../ledger/index.ts";
import { readSecret } from "../../release/files.ts";
import type { ServerConfig } from "../../schema/index.ts";
import type { DatabaseOptions } from "../../store/postgres/index.ts";
import { sqliteStore } from "../../store/sqlite/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";

/** Opens it. @throws STORE_FAILED, FILE_MISSING, CONFIG_INVALID */
export async function openStore(
  terminal: Terminal,
  config: Configuration<ServerConfig>,
): Promise<ServerStore> {
  const options = await databaseOf(terminal, config);
  if (options === undefined) return sqliteStore({ path: storeFile(config) });
  const { postgresStore } = await import("../../store/postgres/index.ts");
  return postgresStore(options);
}

/** Where the store lies that is a file. */
export function storeFile({ values, resolve }: Configuration<ServerConfig>): string {
  return join(resolve(values.dataDirectory), "store.sqlite");
}

/** The PostgreSQL database; `undefined` where the store is a file. @throws FILE_MISSING, CONFIG_INVALID */
export async function databaseOf(
  terminal: Terminal,
  { values, resolve, path }: Configuration<ServerConfig>,
): Promise<DatabaseOptions | undefined> {
  if (values.store === undefined) return undefined;
  const { urlFile, connections } = values.store;
  // On a command line or in a configuration everybody could read the password.
  const connectionString =
    urlFile === undefined
      ? (terminal.environment["OUTRIDER_POSTGRES_URL"] ?? "")
      : await readSecret(terminal, resolve(urlFile));
  if (!/^postgres(ql)?:\/\//.test(connectionString))
    throw new OutriderError(
      "CONFIG_INVALID",
      `${path} names a PostgreSQL store, and ${urlFile ?? "the environment's OUTRIDER_POSTGRES_URL"} holds no URL that begins with postgres://.`,
      { subject: path, pointer: "/store" },
    );
  return { connectionString, ...(connections === undefined ? {} : { connections }) };
}
