/**
 * What the server needs of a store (DESIGN 6). Two implementations, one conformance suite (`testing/store-conformance/`).
 *
 * Invariants that every store keeps:
 * - A deployment, its ledger (one row per agent) and its jobs appear in one transaction, or not at all.
 * - A job belongs to one worker until its lease lapses; what a worker says of a lapsed claim changes nothing.
 * - Per deployment the sum over all states is the number of agents, at any moment.
 * - Whatever a method returned from has survived a kill and a power cut.
 */
import type { Clock } from "../ports/index.ts";
import type { Audience, RegisteredAgent, Wave, Window } from "../schema/index.ts";
import type { BucketStore } from "./buckets.ts";
import type { Errand, PartsRequest } from "./errands.ts";
import type { EventFeed } from "./feed.ts";

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
  /** Holds a claimed job for longer: sending may take its time. False, and no change, if the lease has lapsed to somebody else. */
  renew(job: ClaimedJob, lease: { readonly now: Date; readonly leaseMs: number }): Promise<boolean>;
  /**
   * Gives a claimed job back untried, due again at this moment: it does not count as an attempt. False, and no change, if
   * the lease has lapsed to somebody else.
   */
  postpone(job: ClaimedJob, until: Date): Promise<boolean>;
  /** Books what became of a claimed job. False, and no change, if the lease has lapsed to somebody else. */
  record(job: ClaimedJob, settlement: Settlement): Promise<boolean>;
  /** To whom a job wrote at this address; case does not matter. Empty where it is not one of the job's. */
  addressees(job: number, address: string): Promise<Addressee[]>;
  /** Books that a message which had been sent did not arrive. False, and no change, where the agent's row says other than sent. */
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
   * Removes machines' rows of a deployment that is over and whose trigger expired before; the deployment, its totals and
   * its events stay. @returns how many; 0 when nothing is left to remove.
   */
  prune(request: PruneRequest): Promise<number>;
}

/** `waiting` for approval; `running`; `paused`; over. */
export type DeploymentState = "waiting" | "running" | "paused" | "finished" | "halted";

/** What is known of one agent in one deployment. */
export type LedgerState =
  | "planned"
  | "sent"
  | "received"
  | "installed"
  | "rolledBack"
  | "failed"
  | "refused"
  | "noAnswer";

/** What to remove. */
export interface PruneRequest {
  /** Triggers that expired earlier. */
  readonly before: Date;
  /** Most rows at once, so that nobody waits for long. Default 20,000. */
  readonly limit?: number;
}

/** A deployment and all of its work, to be entered at once. */
export interface DeploymentPlan {
  readonly deployment: DeploymentRecord;
  readonly jobs: readonly PlannedJob[];
}

/** A deployment as it was accepted; never changes. */
export interface DeploymentRecord {
  /** Its trigger's id. */
  readonly id: string;
  /** The trigger's envelope, exact text. */
  readonly trigger: string;
  readonly packageName: string;
  readonly version: string;
  /** SHA-256 of the manifest. */
  readonly manifest: string;
  readonly audience: Audience;
  /** What caused it, for people. */
  readonly reason: string;
  /** RFC 3339. */
  readonly acceptedAt: string;
  /** RFC 3339; nothing is sent afterwards. */
  readonly expiresAt: string;
  /** A second person's consent is needed first. */
  readonly approval: boolean;
  /** Fingerprints of the primary keys that signed the trigger: none of them may approve. */
  readonly signers: readonly string[];
  readonly waves: readonly PlannedWave[];
  /** Sending waits for one of these; always, if there is none. */
  readonly windows: readonly Window[];
  /** RFC 3339; sending waits until then. */
  readonly notBefore?: string;
  /** Machines are told by these only; by any that the server has unless given. */
  readonly transports?: readonly string[];
}

/** A wave with every default filled in. */
export interface PlannedWave extends Required<
  Pick<Wave, "successThreshold" | "errorThreshold" | "noAnswer" | "deadlineSeconds" | "soakSeconds">
> {
  readonly name: string;
  /** Agents in it. */
  readonly size: number;
}

/** Like notifications for one transport: one message, or few (step 66). */
export interface PlannedJob {
  readonly wave: number;
  readonly transport: string;
  /** The archive travels inside the message. */
  readonly attach: boolean;
  /** Earliest start after the wave's start, milliseconds. */
  readonly delayMs: number;
  /** At most 500. */
  readonly recipients: readonly { readonly agent: string; readonly address: string }[];
}

/**
 * How much waits for a transport. planned: its wave has not started, or its time has not come; due: it may be sent now,
 * unless its deployment waits, is paused or outside its window; leased: a sender has it.
 */
export interface QueueDepth {
  readonly transport: string;
  readonly state: "planned" | "due" | "leased";
  readonly jobs: number;
  readonly recipients: number;
}

/** Who asks for work. */
export interface ClaimRequest {
  readonly worker: string;
  readonly now: Date;
  /** How long the claim holds, milliseconds. */
  readonly leaseMs: number;
  /** Transports that may send now. */
  readonly transports: readonly string[];
  /** Deployments that may not send now: before their time or outside their windows. */
  readonly except?: readonly string[];
}

/** A job in a worker's hands. */
export interface ClaimedJob {
  readonly id: number;
  /** Tells this claim from a later one of the same job. */
  readonly claim: number;
  readonly deployment: DeploymentRecord;
  readonly wave: number;
  readonly transport: string;
  readonly attach: boolean;
  /** What the recipients get in the place of the notification. */
  readonly errand?: Errand;
  /** Counts from 1: raised before the work starts; what was postponed was none. */
  readonly attempt: number;
  /** Those not settled yet. */
  readonly recipients: readonly { readonly agent: string; readonly address: string }[];
}

/** What became of a job. */
export interface Settlement {
  readonly now: Date;
  /** accepted → sent; rejected → failed; of those not named here, and of the later, see `retryAt`. */
  readonly outcomes: readonly {
    readonly agent: string;
    readonly outcome: "accepted" | "rejected" | "later";
    readonly detail: string;
  }[];
  /** When the rest is tried again; without it the rest has failed. */
  readonly retryAt?: Date;
}

/** An agent to whom a job has written. */
export interface Addressee {
  readonly agent: string;
  readonly deployment: string;
  readonly transport: string;
  readonly state: LedgerState;
}

/** What sent a message back, after a transport had taken it. */
export interface BounceFacts {
  readonly job: number;
  readonly agent: string;
  /** The carrier's words. */
  readonly detail: string;
  readonly now: Date;
  /** The way that is tried in its place: planned anew, due at once, the archive offered. Without it the agent's row fails. */
  readonly instead?: { readonly transport: string; readonly address: string };
}

/** What a verified receipt says. */
export interface ReceiptFacts {
  readonly agent: string;
  readonly counter: number;
  readonly deployment: string;
  readonly state: Exclude<LedgerState, "planned" | "sent" | "noAnswer">;
  /** Its code, or how it went, for people. */
  readonly detail: string;
  /** The receipt's text. */
  readonly text: string;
  readonly asksFor?: PartsRequest;
  readonly now: Date;
}

/** counted; known: seen before, or older than what was seen; stranger: not in this deployment. */
export type ReceiptVerdict = "counted" | "known" | "stranger";

/** Something that happened to a deployment. */
export interface DeploymentEvent {
  readonly deployment: string;
  /** RFC 3339. */
  readonly at: string;
  /**
   * approved: waiting → running; waveStarted: its jobs become due; silence: agents of the wave that were last heard of,
   * or written to, before `before` have not answered; waveReached: enough succeeded, the soak time begins; waveFinished;
   * paused; resumed: present errors are forgiven; halted; recalled: halted, and the release taken back; expired: what was
   * not sent has failed, what did not answer has not answered, finished; finished.
   */
  readonly kind:
    | "approved"
    | "waveStarted"
    | "silence"
    | "waveReached"
    | "waveFinished"
    | "paused"
    | "resumed"
    | "halted"
    | "recalled"
    | "expired"
    | "finished";
  readonly wave?: number;
  /** RFC 3339; for `silence`. */
  readonly before?: string;
  /** For `resumed`: failures per wave that are accepted. */
  readonly forgiven?: readonly number[];
  /** For people. */
  readonly reason: string;
  /** Id of the control that ordered it: an id takes effect once. */
  readonly control?: string;
  /**
   * Transports by which those who were written to are told of the control: jobs, due at once. Of what is `recalled`,
   * everybody; of anything else, those who have not said how it ended.
   */
  readonly tellBy?: readonly string[];
}

/** Where a deployment stands. */
export interface DeploymentProgress {
  readonly deployment: DeploymentRecord;
  readonly state: DeploymentState;
  /** Why it is in that state, for people. */
  readonly reason: string;
  readonly waves: readonly WaveProgress[];
}

/** Where a wave stands. */
export interface WaveProgress {
  readonly state: "waiting" | "running" | "finished";
  /** RFC 3339. */
  readonly startedAt?: string;
  /** RFC 3339; when enough had succeeded. */
  readonly reachedAt?: string;
  /** Agents whose failure a person has accepted by resuming. */
  readonly forgiven: number;
  readonly counts: Readonly<Record<LedgerState, number>>;
}

/** Part of a ledger. */
export interface LedgerPage {
  readonly state?: LedgerState;
  /** Only these agents. */
  readonly agents?: readonly string[];
  readonly after?: string;
  readonly limit?: number;
}

/** One agent in one deployment. */
export interface LedgerRow {
  readonly agent: string;
  readonly wave: number;
  readonly transport: string;
  readonly address: string;
  readonly state: LedgerState;
  /** The other side's words, or the receipt's code. */
  readonly detail: string;
  /** RFC 3339. */
  readonly changedAt: string;
  /** Text of the last receipt that was counted. */
  readonly receipt?: string;
}

/** Known agents. */
export interface AgentRegistry {
  /** Adds or replaces, all or none; of several with one id the last. Gone through again where the store begins again. */
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
