/**
 * What was seen, as plain JSON that the agent or server keeps on disk: the floor under which nothing may fall.
 *
 * It only grows or rises, but for two ways down: a server key that leaves the trust document takes what it said along
 * (fast-forward recovery, TUF 5.3.11), and a trigger that allows a downgrade lowers its package. Every list is
 * bounded. Values are never changed in place: each verification gives a new memory, or throws and gives none.
 */
import type { Sha256 } from "../schema/index.ts";

/** Everything that was seen. */
export interface TrustMemory {
  readonly type: "trust-memory/1";
  /** The latest trust document applied here. */
  readonly trust?: { readonly version: number; readonly sha256: Sha256 };
  /** What each server key said, by its fingerprint. */
  readonly servers: readonly ServerMemory[];
  /** The release that each package stands at, proved by a push and a release signature. */
  readonly packages: readonly PackageMemory[];
  /** Manifests recalled by a control. */
  readonly recalled: readonly Sha256[];
  readonly seen: SeenMemory;
}

/** What one server key said. Gone when the key is. */
export interface ServerMemory {
  readonly key: string;
  /** The last notification of each package. */
  readonly notifications: readonly NotificationMemory[];
  readonly catalog?: CatalogMemory;
}

/** The last notification of a package. */
export interface NotificationMemory {
  readonly name: string;
  readonly sequence: number;
  readonly sha256: Sha256;
  /** Id of its trigger. */
  readonly trigger: string;
}

/** The last catalog. */
export interface CatalogMemory {
  readonly sequence: number;
  readonly sha256: Sha256;
  readonly expiresAt: string;
  /** By which it came first. */
  readonly transport: string;
  /** The highest version shown of each package; last shown last. */
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly manifest: Sha256;
  }[];
  readonly recalled: readonly Sha256[];
}

/** Where a package stands. */
export interface PackageMemory {
  readonly name: string;
  readonly version: string;
  readonly manifest: Sha256;
  /** When the trigger that brought it here was made. */
  readonly triggeredAt: string;
}

/** Ids of triggers and controls that took effect. */
export interface SeenMemory {
  /** What was issued up to this moment and is not in `ids` counts as seen: the price of a bounded list. */
  readonly upTo?: string;
  readonly ids: readonly {
    readonly id: string;
    readonly issuedAt: string;
    readonly expiresAt: string;
  }[];
}

/** Most entries of any list of the memory. */
export const maxRemembered = 10_000;

/** Nothing was seen yet. */
export const emptyMemory: TrustMemory = {
  type: "trust-memory/1",
  servers: [],
  packages: [],
  recalled: [],
  seen: { ids: [] },
};

/** The list with the entry put last, in place of the one with the same key; the oldest fall out. */
export function remember<T>(list: readonly T[], entry: T, keyOf: (entry: T) => string): T[] {
  const key = keyOf(entry);
  return [...list.filter((other) => keyOf(other) !== key), entry].slice(-maxRemembered);
}

/** What the key said; nothing, if it never spoke. */
export function serverMemory(memory: TrustMemory, key: string): ServerMemory {
  return memory.servers.find((server) => server.key === key) ?? { key, notifications: [] };
}

/** The memory with what the key said replaced. */
export function withServer(memory: TrustMemory, server: ServerMemory): TrustMemory {
  return { ...memory, servers: remember(memory.servers, server, ({ key }) => key) };
}
