/** What the server tells whoever watches it (`Server.events`, server-sent events, `push --wait`). */
import type { ErrorCode } from "../../errors/index.ts";
import type { DeploymentEvent, LedgerState } from "../../ledger/index.ts";
import type { ReturnedRecipient } from "../../transport/index.ts";
import type { AuditEntry } from "../audit/entry.ts";

/** One thing that happened. */
export type ServerEvent =
  | MessageEvent
  | SentEvent
  | JobEvent
  | ReturnedEvent
  | ReceiptEvent
  | StepEvent;

/** A trigger, control or receipt came in and was judged. */
export interface MessageEvent extends AuditEntry {
  readonly event: "message";
  /** From its arrival to this verdict. */
  readonly seconds?: number;
}

/** What became of recipients of a job at the transport: those with the same outcome in the same words, at most 100. */
export interface SentEvent {
  readonly event: "sent";
  readonly at: string;
  readonly deployment: string;
  readonly wave: number;
  readonly transport: string;
  readonly agents: readonly string[];
  readonly outcome: "accepted" | "deferred" | "rejected" | "unknown";
  readonly detail: string;
}

/** A job, some hundred recipients, was carried out. */
export interface JobEvent {
  readonly event: "job";
  readonly at: string;
  readonly deployment: string;
  readonly wave: number;
  readonly transport: string;
  readonly recipients: number;
  /** From its claim until it was booked. */
  readonly seconds: number;
  /** Of these, how long the transport had it. */
  readonly sendingSeconds: number;
  /** `lost`: its lease lapsed meanwhile, and nothing of it was booked here. */
  readonly outcome: "booked" | "lost";
}

/** A carrier reported on a message that it had taken. */
export interface ReturnedEvent {
  readonly event: "returned";
  readonly at: string;
  readonly deployment: string;
  readonly agent: string;
  readonly transport: string;
  readonly action: ReturnedRecipient["action"];
  /** The carrier's words. */
  readonly detail: string;
}

/** A receipt was counted. */
export interface ReceiptEvent {
  readonly event: "receipt";
  readonly at: string;
  readonly deployment: string;
  readonly agent: string;
  readonly state: LedgerState;
  /** The verified receipt's text. */
  readonly receipt: string;
}

/** A deployment went a step further. */
export interface StepEvent extends DeploymentEvent {
  readonly event: "deployment";
}

/** What became of something that came in. */
export type Verdict =
  | { readonly outcome: "accepted"; readonly id: string; readonly deployment: string }
  | { readonly outcome: "ignored" }
  | {
      readonly outcome: "refused";
      readonly code: ErrorCode;
      readonly message: string;
      readonly step: string;
      readonly retryable: boolean;
    };
