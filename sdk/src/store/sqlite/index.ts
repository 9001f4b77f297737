/** Row 4: the embedded store, one file on this machine. */
import { localFeed, type ServerStore } from "../../ledger/index.ts";
import { sqliteAgents } from "./agents.ts";
import { sqliteBuckets } from "./buckets.ts";
import { openDatabase } from "./database.ts";
import { sqliteDeployments } from "./deployments.ts";
import { sqliteLeases } from "./leases.ts";
import { sqliteValues } from "./values.ts";

export { backUpStore, restoreStore } from "./backup.ts";

/**
 * Opens the store, creating it.
 *
 * @param options.path database file; its folder is made, mode 0700. `:memory:` keeps nothing.
 * @throws STORE_FAILED
 */
export function sqliteStore(options: { readonly path: string }): ServerStore {
  const database = openDatabase(options.path);
  const feed = localFeed();
  return {
    deployments: sqliteDeployments(database),
    agents: sqliteAgents(database),
    values: sqliteValues(database),
    leases: sqliteLeases(database),
    buckets: sqliteBuckets(database),
    feed,
    async close() {
      feed.close();
      database.close();
    },
  };
}
