/** The list of agents of a server's configuration. A server that runs sees changes at once. */
import type { AgentRegistry, ServerStore } from "../../ledger/index.ts";
import { readServerConfig } from "../config.ts";
import type { Terminal } from "../io.ts";
import { openStore } from "./store.ts";

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
  const store = await openStore(terminal, await readServerConfig(terminal, configPath));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
