/**
 * A transport's bucket, kept in the store: all senders on it together keep to what the transport bears, by the store's
 * clock, and a restart does not fill it. Two who ask at once may both begin; what they took is owed by both.
 */
import type { ValueStore } from "../ledger/index.ts";
import { bucketOf, type Bucket, type Load, type Rate } from "./balance/pace.ts";

/** One bucket of all senders. */
export interface SharedBucket {
  /** When the load may start, milliseconds, at the earliest from `nowMs` on. Takes nothing. */
  startOf(load: Load, nowMs: number): Promise<number>;
  /** Takes it at that moment. */
  take(load: Load, startMs: number): Promise<void>;
}

/** Opens it. @param name of the transport */
export function sharedBucket(
  name: string,
  rate: Rate,
  values: Pick<ValueStore, "get" | "swap">,
): SharedBucket {
  const key = `pace/${name}`;
  const isUnlimited = bucketOf(rate).fullAtMs().length === 0;
  const read = async (): Promise<{
    readonly text: string | undefined;
    readonly bucket: Bucket;
  }> => {
    const text = await values.get(key);
    return {
      text,
      bucket: bucketOf(rate, text === undefined ? [] : (JSON.parse(text) as number[])),
    };
  };
  return {
    startOf: async (load, nowMs) =>
      isUnlimited ? nowMs : (await read()).bucket.startOf(load, nowMs),
    async take(load, startMs) {
      while (!isUnlimited) {
        const { text, bucket } = await read();
        bucket.take(load, startMs);
        if (await values.swap(key, text, JSON.stringify(bucket.fullAtMs()))) return;
      }
    },
  };
}
