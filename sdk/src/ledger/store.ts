/**
 * What the server needs of a store (DESIGN 6). Two implementations, one conformance suite
 * (`testing/store-conformance/`).
 *
 * Invariants that every store keeps:
 * - A deployment, its ledger (one row per agent) and its jobs appear in one transaction, or not at all.
 * - A job belongs to one worker until its lease lapses; what a worker says of a lapsed claim changes nothing.
 * - Per deployment the sum over all states is the number of agents, at any moment.
 * - Whatever a method returned from has survived a kill and a power cut.
 */
import type { Clock } from "../ports/index.ts";
import type { Audience, RegisteredAgent } from "../schema/index.ts";
import type { BucketStore } from "./buckets.ts";
import type { EventFeed } from "./feed.ts";
import type {
  Addressee,
  BounceFacts,
  ClaimRequest,
  ClaimedJob,
  DeploymentEvent,
  DeploymentPlan,
  DeploymentProgress,
  LedgerPage,
  LedgerRow,
  PruneRequest,
  QueueDepth,
  ReceiptFacts,
  ReceiptVerdict,
  Settlement,
} from "./records.ts";

/** All that a server keeps. */
export interface ServerStore {
  readonly deployments: DeploymentStore;
  readonly agents: AgentRegistry;
  readonly values: ValueStore;
  readonly leases: LeaseStore;
  readonly buckets: BucketStore;
  readonly feed: EventFeed;
  /** The clock by which several servers over this store go; without it, each machine's own. */
  readonly clock?: Clock;
  /** Closes; twice is no error. */
  close(): Promise<void>;
}

/** Deployments, their ledgers and their work. */
export interface DeploymentStore {
  /** Enters a deployment with its ledger and jobs. @throws REPLAYED if its id is known. */
  plan(plan: DeploymentPlan): Promise<void>;
  /** The next job that is due, leased to this worker; `undefined` if none is. */
  claim(request: ClaimRequest): Promise<ClaimedJob | undefined>;
  /**
   * Holds a claimed job for longer: sending may take its time. False, and no change, if the lease has lapsed to
   * somebody else.
   */
  renew(job: ClaimedJob, lease: { readonly now: Date; readonly leaseMs: number }): Promise<boolean>;
  /**
   * Gives a claimed job back untried, due again at this moment: it does not count as an attempt. False, and no change,
   * if the lease has lapsed to somebody else.
   */
  postpone(job: ClaimedJob, until: Date): Promise<boolean>;
  /** Books what became of a claimed job. False, and no change, if the lease has lapsed to somebody else. */
  record(job: ClaimedJob, settlement: Settlement): Promise<boolean>;
  /** To whom a job wrote at this address; case does not matter. Empty where it is not one of the job's. */
  addressees(job: number, address: string): Promise<Addressee[]>;
  /**
   * Books that a message which had been sent did not arrive. False, and no change, where the agent's row says other
   * than sent.
   */
  bounce(bounce: BounceFacts): Promise<boolean>;
  /** Books a verified receipt; with it, as one, what it asks for: due at once, joined with what the agent waits for. */
  take(receipt: ReceiptFacts): Promise<ReceiptVerdict>;
  /** Enters an event and applies what it changes. False, and no change, where it does not fit the present state. */
  event(event: DeploymentEvent): Promise<boolean>;
  /** What waits to be sent, by transport: of deployments that are not over, and all errands. */
  queues(now: Date): Promise<QueueDepth[]>;
  /** Where one deployment stands; `undefined` if unknown. */
  progress(deployment: string): Promise<DeploymentProgress | undefined>;
  /** Ids, newest first. */
  list(filter?: { readonly open?: boolean; readonly limit?: number }): Promise<string[]>;
  /** Rows of the ledger in the agents' order. `after` continues a page. Default limit 1,000. */
  ledger(deployment: string, page?: LedgerPage): Promise<LedgerRow[]>;
  /** What happened, oldest first. */
  events(deployment: string): Promise<DeploymentEvent[]>;
  /**
   * Removes machines' rows of a deployment that is over and whose trigger expired before; the deployment, its totals
   * and its events stay. @returns how many; 0 when nothing is left to remove.
   */
  prune(request: PruneRequest): Promise<number>;
}

/** Known agents. */
export interface AgentRegistry {
  /**
   * Adds or replaces, all or none; of several with one id the last. Gone through again where the store begins again.
   */
  put(agents: Iterable<RegisteredAgent>): Promise<void>;
  find(id: string): Promise<RegisteredAgent | undefined>;
  /** By id, of those of them who have one. */
  encryptionKeys(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Everyone in one of the groups or named, once each, by id; `after` continues a page. Default limit 1,000. */
  matching(
    audience: Audience,
    page?: { readonly after?: string; readonly limit?: number },
  ): Promise<RegisteredAgent[]>;
  /** By id; `after` continues a page. Default limit 1,000. */
  list(page?: { readonly after?: string; readonly limit?: number }): Promise<RegisteredAgent[]>;
}

/** Small durable state: sequences, signed documents that must come out the same again, sources' positions. */
export interface ValueStore {
  get(key: string): Promise<string | undefined>;
  /** Those of them that are there, by key. */
  some(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  set(key: string, value: string): Promise<void>;
  /** Sets it if nothing is there; returns what is there now. */
  keep(key: string, value: string): Promise<string>;
  /** Sets it if `before` is there (`undefined`: nothing); false, and no change, where somebody else was quicker. */
  swap(key: string, before: string | undefined, value: string): Promise<boolean>;
  /** Adds one and returns it: 1, 2, 3 … never twice the same, even after a crash. */
  count(key: string): Promise<number>;
}

/** What one process of several does at a time: it holds a lease, and renews it while it lives. */
export interface LeaseStore {
  /** Takes or renews it, until `leaseMs` from now. False while somebody else holds it. */
  hold(name: string, request: LeaseRequest): Promise<boolean>;
  /** Gives it back, so that nobody waits for it; nothing where somebody else holds it. */
  release(name: string, holder: string): Promise<void>;
}

/** Who would hold a lease. */
export interface LeaseRequest {
  readonly holder: string;
  readonly now: Date;
  readonly leaseMs: number;
}
