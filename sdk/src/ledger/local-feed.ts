/**
 * The feed of a store that one process has to itself: the latest events are kept for who comes back, while it lives.
 */
import type { EventFeed, FedEvent } from "./feed.ts";
import { eventStream } from "./stream.ts";

const mostKept = 1000;

type Told = Extract<FedEvent, { readonly event: string }>;

/** Makes one, which ends when it is closed. */
export function localFeed(): EventFeed & { close(): void } {
  const stream = eventStream<FedEvent>();
  const life = Date.now(); // marks of an earlier process are known for what they are
  let kept: Told[] = [];
  let count = 0;
  /** What follows a mark, of what is kept. */
  const since = (after: string): FedEvent[] => {
    const [before, number = "0"] = after.split(".");
    const first = count - kept.length;
    const isKnown = Number(before) === life && Number(number) >= first;
    return isKnown ? kept.slice(Number(number) - first) : [{ missed: true }];
  };
  return {
    tell(event) {
      const told = { mark: `${life}.${++count}`, event };
      kept.push(told);
      if (kept.length >= 2 * mostKept) kept = kept.slice(-mostKept);
      stream.tell(told);
    },
    follow: (after) => stream.watch(after === undefined ? [] : since(after)),
    onWork: () => () => undefined, // there is nobody else
    close: () => stream.close(),
  };
}
