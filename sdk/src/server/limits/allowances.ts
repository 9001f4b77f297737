/** How much is borne from each of many: a bucket a name, in memory, of a bounded number of names. */
import type { Clock } from "../../ports/index.ts";

/** What one name may take. */
export interface Allowance {
  /** At once. */
  readonly burst: number;
  /** And in every minute from then on. */
  readonly perMinute: number;
}

/** Buckets by name, full at the start. */
export interface Allowances {
  /** Seconds until there is one again; 0 if there is one now. */
  waitSeconds(name: string): number;
  /** Takes one; of an empty bucket, nothing. */
  take(name: string): void;
}

interface Bucket {
  readonly left: number;
  readonly atMs: number;
}

/** Most names that are remembered; the ones heard longest ago are forgotten first. */
const maxNames = 10_000;

/** Makes them. */
export function allowances(clock: Clock, { burst, perMinute }: Allowance): Allowances {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;
  const present = (name: string): Bucket => {
    const nowMs = clock.now().getTime();
    const bucket = buckets.get(name) ?? { left: burst, atMs: nowMs };
    const left = Math.min(burst, bucket.left + Math.max(0, nowMs - bucket.atMs) * perMs);
    return { left, atMs: nowMs };
  };
  return {
    waitSeconds(name) {
      const { left } = present(name);
      return left >= 1 ? 0 : Math.ceil((1 - left) / perMs / 1000);
    },
    take(name) {
      const bucket = present(name);
      buckets.delete(name); // put last: the order of the map is the order of forgetting
      buckets.set(name, { ...bucket, left: Math.max(0, bucket.left - 1) });
      const [oldest] = buckets.keys();
      if (buckets.size > maxNames && oldest !== undefined) buckets.delete(oldest);
    },
  };
}
