/**
 * What a store keeps of deployments, and what it is told and asked of them: the records behind the port of `store.ts`.
 */
import type { Audience, Wave, Window } from "../schema/index.ts";
import type { Errand, PartsRequest } from "./errands.ts";

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
  /**
   * The way that is tried in its place: planned anew, due at once, the archive offered. Without it the agent's row
   * fails.
   */
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
   * or written to, before `before` have not answered; waveReached: enough succeeded, the soak time begins;
   * waveFinished; paused; resumed: present errors are forgiven; halted; recalled: halted, and the release taken back;
   * expired: what was not sent has failed, what did not answer has not answered, finished; finished.
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
