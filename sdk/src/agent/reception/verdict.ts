/** What became of a message. */

/** The agent's answer to a transport, and to whoever handed a message over. */
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
