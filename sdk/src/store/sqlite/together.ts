/**
 * Work that comes in the same moment goes into one transaction, and its disk sync is shared. Each caller's promise
 * resolves only when the whole is on the disk; if that fails, it fails for all of them, and nothing was done.
 */
import type { Database } from "./database.ts";

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Most items of one transaction: so long the process does nothing else. */
const maxTogether = 500;

/** Wraps a piece of work that is done within a transaction. */
export function together<T, R>(database: Database, work: (item: T) => R): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = [];
  const flush = (): void => {
    const batch = waiting.slice(0, maxTogether);
    waiting = waiting.slice(maxTogether);
    if (waiting.length > 0) setImmediate(flush);
    try {
      const results = database.transaction(() => batch.map(({ item }) => work(item)));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as R);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ item, resolve, reject });
    });
}
