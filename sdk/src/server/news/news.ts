/**
 * What happens, told twice: to those who watch this process, and over the store's feed to those who watch any of them.
 */
import { eventStream, type EventFeed } from "../../ledger/index.ts";
import type { ServerEvent } from "./events.ts";

/** An event of any process, with its place; or that some after a mark are no longer known. */
export type WatchedEvent =
  | { readonly mark: string; readonly event: ServerEvent }
  | { readonly missed: true };

/** What is told, and to whom. */
export interface News {
  tell(event: ServerEvent): void;
  /** Of this process, from now on. */
  events(): AsyncIterableIterator<ServerEvent>;
  /** Of all processes, from now on or after a mark. */
  watch(after?: string): AsyncIterableIterator<WatchedEvent>;
  /** Calls when another process made work. */
  onWork(wake: () => void): void;
  /** Everybody who watches is at the end. */
  close(): void;
}

/** Opens it over the store's feed, which stays the caller's. */
export function openNews(feed: EventFeed): News {
  const own = eventStream<ServerEvent>();
  const watching = new Set<AsyncIterator<unknown>>();
  let isClosed = false;
  let deafen: (() => void) | undefined;
  return {
    tell(event) {
      own.tell(event);
      feed.tell(JSON.stringify(event), makesWork(event));
    },
    events: () => own.watch(),
    watch(after) {
      const fed = feed.follow(after);
      if (isClosed) void fed.return?.();
      else watching.add(fed);
      return {
        async next() {
          const { value, done } = await fed.next();
          if (done === true) return { value: undefined, done };
          if ("missed" in value) return { value };
          return { value: { mark: value.mark, event: JSON.parse(value.event) as ServerEvent } };
        },
        async return() {
          watching.delete(fed);
          await fed.return?.();
          return { value: undefined, done: true };
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
    onWork(wake) {
      deafen = feed.onWork(wake);
    },
    close() {
      isClosed = true;
      own.close();
      deafen?.();
      for (const fed of watching) void fed.return?.();
    },
  };
}

/**
 * An order that came in moves deployments; a deployment that has moved has something to send. Receipts wait for the
 * tick.
 */
function makesWork(event: ServerEvent): boolean {
  if (event.event === "message") return event.verdict === "accepted" && event.kind !== "receipt";
  return event.event === "deployment";
}
