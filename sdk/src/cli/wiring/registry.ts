/** The list of agents of a server's configuration. A server that runs sees changes at once. */
import { join } from "node:path";
import type { AgentRegistry, ServerStore } from "../../ledger/index.ts";
import { sqliteStore } from "../../store/sqlite/index.ts";
import { readServerConfig } from "../config.ts";
import type { Terminal } from "../io.ts";

/** Opens the list for as long as `work` takes. @throws as {@link withStore} */
export async function withRegistry<T>(
  terminal: Terminal,
  configPath: string,
  work: (agents: AgentRegistry) => Promise<T>,
): Promise<T> {
  return withStore(terminal, configPath, ({ agents }) => work(agents));
}

/** Opens the store for as long as `work` takes. @throws STORE_FAILED and those of the configuration */
export async function withStore<T>(
  terminal: Terminal,
  configPath: string,
  work: (store: Pick<ServerStore, "agents" | "deployments" | "values">) => Promise<T>,
): Promise<T> {
  const { values, resolve } = await readServerConfig(terminal, configPath);
  const store = sqliteStore({ path: join(resolve(values.dataDirectory), "store.sqlite") });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
