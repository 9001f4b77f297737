/** What a server is given: everything it touches. What is optional has a default that suits a server alone. */
import type { ServerStore } from "../ledger/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import type { Clock, FileSystem, KeySource, Logger } from "../ports/index.ts";
import type { TrustSet } from "../trust/index.ts";
import type { ServerTransport } from "./carriage/transports.ts";
import type { HttpOptions } from "./http/index.ts";
import type { Inbox } from "./intake/inbox.ts";
import type { SpoolOptions } from "./intake/spool.ts";
import type { Allowance } from "./limits/allowances.ts";
import type { ServerRole } from "./process/roles.ts";
import type { PackageSource } from "./publishing/packages.ts";

/** What a server is made of. */
export interface ServerOptions {
  /** Who may do what; `update` it to change it while the server runs. */
  readonly trust: TrustSet;
  /** Every trust document before the one in force, for agents that pinned an early one. Default none. */
  readonly earlierTrust?: readonly SealedDocument<"trust/1">[];
  /** The server's own key, of role `server`. */
  readonly key: KeySource;
  readonly store: ServerStore;
  readonly packages: PackageSource;
  /** Ways out, beside the HTTP channel. */
  readonly transports: readonly ServerTransport[];
  /** Folder of its own, for the audit log. */
  readonly dataDirectory: string;
  /** Ways in that are listened to: drop directories, mailboxes. */
  readonly inboxes?: readonly Inbox[];
  /** A directory into which triggers, controls and receipts are put. */
  readonly spool?: SpoolOptions;
  /**
   * What this process does beside others on the same store: what one does at a time goes by lease, and `publicUrl` must
   * be given. Default: everything, alone.
   */
  readonly roles?: readonly ServerRole[];
  /** Serve HTTP; without it the server is dormant between calls of `submit`. */
  readonly listen?: HttpOptions;
  /** URL under which agents see the server, ending in a slash. Default: the bound address, unless it is a wildcard. */
  readonly publicUrl?: string;
  /** How long a catalog is fresh, milliseconds. Default a day. */
  readonly catalogValidMs?: number;
  /** Pause between two looks at what is due, milliseconds. Default 1,000. */
  readonly tickMs?: number;
  /** How long a sender may take for a job before another may take it over, milliseconds. Default 60,000. */
  readonly leaseMs?: number;
  /** Receipts of one agent that are taken. Default 1,000 at once and 10 in every minute from then on. */
  readonly receiptAllowance?: Allowance;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly fileSystem?: FileSystem;
}
