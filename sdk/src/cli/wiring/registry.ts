/** The list of agents of a server's configuration. A server that runs sees changes at once. */
import { join } from "node:path";
import type { AgentRegistry } from "../../ledger/index.ts";
import { sqliteStore } from "../../store/sqlite/index.ts";
import { readServerConfig } from "../config.ts";
import type { Terminal } from "../io.ts";

/** Opens the store for as long as `work` takes. @throws STORE_FAILED and those of the configuration */
export async function withRegistry<T>(
  terminal: Terminal,
  configPath: string,
  work: (agents: AgentRegistry) => Promise<T>,
): Promise<T> {
  const { values, resolve } = await readServerConfig(terminal, configPath);
  const store = sqliteStore({ path: join(resolve(values.dataDirectory), "store.sqlite") });
  try {
    return await work(store.agents);
  } finally {
    await store.close();
  }
}
