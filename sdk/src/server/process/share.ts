/**
 * This process's share of a server's work: all of it where it is alone, else what its roles say; and of that, what only
 * one process does at a time, while it holds the lease.
 */
import type { LeaseStore } from "../../ledger/index.ts";
import { nodeFileSystem, type Clock, type FileSystem, type Logger } from "../../ports/index.ts";
import { closedDeployments, conduct, type ConductParts } from "../deployments/conduct.ts";
import { listenTo, type Inbox, type Judges } from "../intake/inbox.ts";
import { watchSpool, type SpoolOptions } from "../intake/spool.ts";
import { leaseOf, whileHolding } from "./lease.ts";
import { serverRoles, type ServerRole } from "./roles.ts";

/** What of the server's work there is, and by whom it is done. */
export interface ShareOptions {
  /** Default: all, alone. */
  readonly roles?: readonly ServerRole[];
  readonly inboxes?: readonly Inbox[];
  readonly spool?: SpoolOptions;
  readonly fileSystem?: FileSystem;
}

/** What doing it needs. */
export interface ShareParts extends ConductParts {
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** This process, in leases. */
  readonly worker: string;
}

/** What this process does. */
export interface Share {
  does(role: ServerRole): boolean;
  /** Moves deployments where that is its share; returns those that may not send now. */
  conduct(): Promise<string[]>;
  /** Hears what comes in beside HTTP, until aborted. */
  listen(judges: Judges, signal: AbortSignal): Promise<void>[];
  /** Lets another process move deployments. Never throws. */
  release(): Promise<void>;
}

/** Takes it up; nothing is asked of the store yet. */
export function shareOf(options: ShareOptions, parts: ShareParts): Share {
  const { roles, inboxes = [], spool, fileSystem = nodeFileSystem } = options;
  const { clock, logger } = parts;
  const listeningSince = clock.now();
  const leasing = { leases: parts.leases, clock, logger, holder: parts.worker };
  const does = (role: ServerRole): boolean => (roles ?? serverRoles).includes(role);
  // Whoever holds it moves deployments; alone, there is nobody to agree with.
  const scheduling =
    roles?.includes("scheduler") === true ? leaseOf("scheduler", leasing) : undefined;
  return {
    does,
    async conduct() {
      const isScheduler =
        does("scheduler") && (scheduling === undefined || (await scheduling.hold()));
      if (isScheduler) return conduct(parts, listeningSince);
      return does("sender") ? closedDeployments(parts) : [];
    },
    listen(judges, signal) {
      const heard = does("mailbox") ? inboxes : [];
      const listening = heard.map((inbox, index) => {
        const listen = (until: AbortSignal): Promise<void> =>
          listenTo(inbox, judges, logger, until);
        if (roles === undefined) return listen(signal);
        // Which it is, is the same in every process: they have one configuration.
        return whileHolding(`inbox/${index}/${inbox.receiver.name}`, leasing, listen, signal);
      });
      if (spool !== undefined && does("api"))
        listening.push(watchSpool(spool, { judges, fileSystem, clock, logger }, signal));
      return listening;
    },
    async release() {
      await scheduling?.release().catch((error: unknown) => {
        logger.log("warn", "The scheduler's lease lapses by itself.", { error });
      });
    },
  };
}
