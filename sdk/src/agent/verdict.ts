/** What became of a message, and the place where messages are dealt with. */
import type { Workplace } from "./steps.ts";

/** What became of a message. */
export interface Reception {
  /** postponed: not settled, so that the transport brings it again. */
  readonly verdict: "handled" | "ignored" | "refused" | "postponed";
  /** Why, where it was not simply done. */
  readonly code?: string;
  /** For people. */
  readonly detail: string;
  readonly package?: string;
  readonly version?: string;
}

/** Where deployments live. */
export interface ReceptionPlace extends Workplace {
  readonly deploymentsDirectory: string;
}
