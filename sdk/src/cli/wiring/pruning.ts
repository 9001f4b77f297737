/** Retention: what deployments that are long over say of single machines is removed. Totals and the audit log stay. */
import { setTimeout as pause } from "node:timers/promises";
import type { DeploymentStore, ServerStore } from "../../ledger/index.ts";
import { systemClock, type Logger } from "../../ports/index.ts";

const dayMs = 24 * 3600 * 1000;

/** Removes what is older, in pieces, so that a server that runs is not held up. @returns rows removed */
export async function pruneOlderThan(
  days: number,
  deployments: Pick<DeploymentStore, "prune">,
  signal: AbortSignal,
): Promise<number> {
  const before = new Date(systemClock.now().getTime() - days * dayMs);
  let removed = 0;
  while (!signal.aborted) {
    const rows = await deployments.prune({ before });
    if (rows === 0) break;
    removed += rows;
    await pause(10);
  }
  return removed;
}

/** Prunes now and every day, until aborted; nothing where no days are given. */
export async function keepPruning(
  days: number | undefined,
  parts: {
    readonly store: Pick<ServerStore, "deployments">;
    readonly logger: Logger;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { store, logger, signal } = parts;
  while (days !== undefined && !signal.aborted) {
    try {
      const rows = await pruneOlderThan(days, store.deployments, signal);
      if (rows > 0) logger.log("info", "Old deployments' machines were removed.", { rows, days });
    } catch (error) {
      logger.log("error", "Old deployments could not be pruned; trying again tomorrow.", { error });
    }
    await pause(dayMs, undefined, { signal }).catch(() => undefined);
  }
}
