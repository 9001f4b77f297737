/**
 * What fires a trigger without a person (patent 10: month-end, a file posted, an event): a schedule, watched files, a
 * webhook, and combinations of these.
 *
 * A source is asked, it does not call. What is due stays due until it is settled, and is named the same each time it
 * is asked for; both outlive a restart. So a firing is neither lost (it is settled only when its trigger was accepted)
 * nor repeated (the same name gives the same trigger id, which the server takes once).
 */
import type { Event } from "../schema/index.ts";

/** Something that fires. */
export interface EventSource {
  /** What is due and not settled, oldest first. Looking changes nothing that is due. */
  due(now: Date): Promise<readonly Firing[]>;
}

/** One occurrence. */
export interface Firing {
  /** Names the occurrence within its source: the same after a restart, never used twice. */
  readonly key: string;
  readonly at: Date;
  readonly event: Event;
  /** It has had its effect: it is due no more. */
  settle(): Promise<void>;
}

/** Where a source keeps what it must not forget; the server's ValueStore is one. */
export interface SourceState {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  /** Sets it if `before` is there (`undefined`: nothing); false, and no change, where somebody else was quicker. */
  swap(key: string, before: string | undefined, value: string): Promise<boolean>;
}
