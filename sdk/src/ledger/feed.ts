/**
 * What processes on one store tell each other and whoever watches any of them. It is news, not the truth: that stands
 * in the ledger. Nothing told is missed by a follower who is there; who was away goes on from a mark while that is
 * kept.
 */

/** The news of all processes on a store, as texts. */
export interface EventFeed {
  /**
   * Tells all followers; returns at once and never fails. What one process tells keeps its order.
   *
   * @param makesWork whether something may be due now that was not: other processes are woken
   */
  tell(event: string, makesWork?: boolean): void;
  /**
   * What is told from now on (what was told a moment before may come first), or after that mark, until the follower
   * leaves or the store is closed. A follower who does not keep up loses the oldest.
   */
  follow(after?: string): AsyncIterableIterator<FedEvent>;
  /** Calls when another process told of work, and when that may have been missed. @returns how to stop it */
  onWork(wake: () => void): () => void;
}

/** One piece of news; or that the mark is no longer known, so that what follows is what is told from now on. */
export type FedEvent =
  /** `mark` names its place: `NUMBER.NUMBER`. */
  { readonly mark: string; readonly event: string } | { readonly missed: true };
