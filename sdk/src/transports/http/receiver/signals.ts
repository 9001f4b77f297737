/**
 * True push: holds the server-sent-event stream `catalog-events` beside the catalog, where the server offers one
 * (WHATWG HTML 9.2). An event says "look", nothing else: what it carries is not read, so there is nothing in it to
 * believe. A host without the stream (a static one, a CDN) is asked for it once an hour.
 */
import type { IncomingMessage } from "node:http";
import type { Logger } from "../../../ports/index.ts";
import { nextPauseMs, pause } from "../../../transport/index.ts";
import { askWeb, type WebAccess } from "../../../transport/web/index.ts";

/** How the stream is held. */
export interface SignalOptions extends WebAccess {
  /** Folder of the catalog, ending in a slash. */
  readonly url: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** First pause after a stream that broke; default 2,000. */
  readonly reconnectMs?: number;
  readonly random?: () => number;
  /** Called for each event, and when a stream begins: something may have been missed. */
  readonly onNews: () => void;
}

/** Asked for again after this where there is none. */
const noneMs = 3_600_000;
/** Servers send a comment every 15 s; a stream without one is dead. */
const silenceMs = 60_000;
const longestReconnectMs = 300_000;

/** Holds it until the signal is given; never throws. */
export async function followSignals(options: SignalOptions): Promise<void> {
  const { signal, logger, reconnectMs = 2000 } = options;
  const pacing = { ...options, pollMs: reconnectMs, maxBackoffMs: longestReconnectMs };
  let faults = 0;
  while (!signal.aborted) {
    let waitMs = noneMs;
    try {
      const answer = await open(options);
      if (answer !== undefined) {
        faults = 0;
        options.onNews();
        await read(answer, options.onNews);
        waitMs = nextPauseMs(pacing, 0);
      }
    } catch (error) {
      waitMs = nextPauseMs(pacing, ++faults);
      logger.log("debug", `The event stream of ${options.url} broke off.`, {
        cause: (error as Error).message,
      });
    }
    if (!signal.aborted) await pause(waitMs, signal);
  }
}

/** @returns undefined where the server is there and has no such stream */
async function open({
  url,
  signal,
  ...access
}: SignalOptions): Promise<IncomingMessage | undefined> {
  const answer = await askWeb(new URL("catalog-events", url), {
    ...access,
    headers: { accept: "text/event-stream" },
    silenceMs,
    signal,
  });
  const { statusCode = 0, headers } = answer;
  const isStream = headers["content-type"]?.split(";")[0]?.trim() === "text/event-stream";
  if (statusCode === 200 && isStream) return answer;
  answer.destroy();
  if (statusCode >= 500 || statusCode === 429) throw new Error(`it answered ${statusCode}`);
  return undefined;
}

/** Counts events: a `data` line, and the empty line that ends it. Only the beginning of a line is ever kept. */
async function read(answer: IncomingMessage, onNews: () => void): Promise<void> {
  let line = "";
  let hasData = false;
  for await (const piece of answer as AsyncIterable<Buffer>)
    for (const character of piece.toString("latin1"))
      if (character !== "\n") {
        if (line.length < 8 && character !== "\r") line += character;
      } else {
        if (line === "" && hasData) onNews();
        hasData = line !== "" && (hasData || line.startsWith("data"));
        line = "";
      }
}
