/**
 * What happens at a server, as it happens (server-sent events), for as long as somebody watches. A connection that
 * breaks is made again after growing pauses; since what was missed meanwhile is lost, each one begins with `connected`,
 * upon which the watcher reads anew what it shows.
 */
import { createParser } from "eventsource-parser";
import { isOutriderError, type OutriderError } from "../errors/index.ts";
import type { ServerEvent } from "../server/news/events.ts";
import { nextPauseMs, pause } from "../transport/index.ts";
import type { ServerClient } from "./client.ts";

/** One thing that happened, at the server or on the way to it. */
export type LiveEvent =
  | ServerEvent
  | { readonly event: "connected" }
  | { readonly event: "disconnected"; readonly error?: OutriderError };

/** What is watched. */
export interface LiveOptions {
  /** Leaves everything else out. */
  readonly deployment?: string;
  readonly signal: AbortSignal;
  /** First pause before a connection is made again; grows to thirty times of it. Default 1,000. */
  readonly retryMs?: number;
}

/** Watches until the signal is given; then it ends without an error. */
export async function* watchServer(
  client: ServerClient,
  { deployment, signal, retryMs = 1000 }: LiveOptions,
): AsyncGenerator<LiveEvent, void, undefined> {
  const query = deployment === undefined ? "" : `?deployment=${encodeURIComponent(deployment)}`;
  for (let faults = 0; !signal.aborted; faults++) {
    try {
      const stream = await client.open(`events${query}`, { signal });
      faults = 0;
      yield { event: "connected" };
      yield* eventsOf(stream);
      if (signal.aborted) return;
      yield { event: "disconnected" };
    } catch (error) {
      if (signal.aborted) return;
      yield { event: "disconnected", ...(isOutriderError(error) ? { error } : {}) };
    }
    await pause(nextPauseMs({ pollMs: retryMs, maxBackoffMs: 30 * retryMs }, faults), signal);
  }
}

/** A receipt, as an event, is a fiftieth of it. */
const maxEventCharacters = 4 * 1024 * 1024;

async function* eventsOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent, void, undefined> {
  const waiting: ServerEvent[] = [];
  const parser = createParser({
    maxBufferSize: maxEventCharacters, // past it `feed` throws, and another connection is made
    onEvent: ({ event, data }) => {
      const value = JSON.parse(data) as object;
      waiting.push({ event, ...value } as ServerEvent);
    },
  });
  const decoder = new TextDecoder();
  for await (const piece of stream) {
    parser.feed(decoder.decode(piece, { stream: true }));
    yield* waiting.splice(0);
  }
}
