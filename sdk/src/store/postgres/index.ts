/** Row 4: the store for several processes and machines, one PostgreSQL database (12 or later). */
import type { ServerStore } from "../../ledger/index.ts";
import type { Clock } from "../../ports/index.ts";
import { postgresAgents } from "./agents.ts";
import { postgresBuckets } from "./buckets.ts";
import { databaseClock } from "./clock.ts";
import { openDatabase } from "./database.ts";
import { postgresDeployments } from "./deployments.ts";
import { postgresFeed } from "./feed/index.ts";
import { postgresLeases } from "./leases.ts";
import type { DatabaseOptions } from "./options.ts";
import { postgresValues } from "./values.ts";

export type { DatabaseOptions } from "./options.ts";
export { readyRestored } from "./restored.ts";

/** A store that brings its own clock. */
export interface PostgresStore extends ServerStore {
  /** The database's. */
  readonly clock: Clock;
}

/**
 * Connects to the store, creating its tables in a schema `outrider`. A database that is away later on is waited for.
 *
 * @throws STORE_FAILED, CONFIG_INVALID
 */
export async function postgresStore(options: DatabaseOptions): Promise<PostgresStore> {
  const database = await openDatabase(options);
  const clock = await databaseClock(database).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const feed = postgresFeed(database, database.Session);
  return {
    deployments: postgresDeployments(database),
    agents: postgresAgents(database),
    values: postgresValues(database),
    leases: postgresLeases(database),
    buckets: postgresBuckets(database),
    feed,
    clock,
    async close() {
      clock.stop();
      await feed.close();
      await database.close();
    },
  };
}
