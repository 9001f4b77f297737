/** Time, so that a test can turn it. */
export interface Clock {
  /** The wall clock. */
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };
