/** What all senders together may send, told by one number a bucket: when it is full again. */

/** Buckets by name, over all processes. */
export interface BucketStore {
  /**
   * Holds the buckets, shows `decide` when each is full again, and keeps what it says: nobody else draws from them
   * meanwhile, so those who ask in the same moment never take more than there is. `decide` is pure: where the database
   * was lost it is asked again, and what was drawn twice is owed twice.
   */
  draw<T>(names: readonly string[], decide: (fullAtMs: Fill) => Drawn<T>, now: Date): Promise<T>;
}

/** When each bucket is full again, milliseconds since 1970. One that is not named is full. */
export type Fill = ReadonlyMap<string, number>;

/** What was drawn. */
export interface Drawn<T> {
  /** Those that changed; of the names asked for. */
  readonly fullAtMs: Fill;
  readonly result: T;
}
