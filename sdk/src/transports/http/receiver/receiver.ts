/**
 * The HTTP channel: looks at `catalog.json` on the vendor's server, on any static host or CDN, by conditional requests
 * with jitter, growing pauses after faults, and the pause the server asks for; at once where a stream of events says
 * so.
 */
import { silentLogger, type Logger } from "../../../ports/index.ts";
import type { Receiver } from "../../../transport/index.ts";
import { httpTree, News, watchTree } from "../../../transport/tree/index.ts";
import {
  environmentProxies,
  type ChooseProxy,
  type WebAccess,
} from "../../../transport/web/index.ts";
import { followSignals } from "./signals.ts";

/** How a server is looked at. */
export interface HttpReceiverOptions extends WebAccess {
  /** Folder of `catalog.json`, ending in a slash; of this machine's own configuration. */
  readonly url: string;
  /** Pause between looks; default 300,000, ± 20 %. */
  readonly pollMs?: number;
  /** First pause after an event stream that broke; default 2,000. */
  readonly reconnectMs?: number;
  /** Longest pause while the server is away; default ten times `pollMs`. */
  readonly maxBackoffMs?: number;
  /** Deadline of one request; default 30,000. */
  readonly timeoutMs?: number;
  /** Default: as the environment says. */
  readonly proxies?: ChooseProxy;
  readonly logger?: Logger;
  /** 0 ≤ random < 1, for the jitter; default `Math.random`. */
  readonly random?: () => number;
}

/** Hears from a web server. @throws CONFIG_INVALID for a URL that is no folder, or a proxy that is none */
export function httpReceiver(given: HttpReceiverOptions): Receiver {
  const { logger = silentLogger, pollMs = 300_000, proxies = environmentProxies() } = given;
  const options = { ...given, proxies };
  httpTree(options); // a wrong URL is refused at once, not at the first look
  const news = new News(options.random);
  return {
    name: "http",
    lookNow: () => news.tell(),
    async *receive({ signal }) {
      const stop = new AbortController();
      const stopped = AbortSignal.any([signal, stop.signal]);
      const following = followSignals({
        ...options,
        logger,
        signal: stopped,
        onNews: () => news.tell(),
      });
      const rest = (ms: number, until: AbortSignal): Promise<void> => news.rest(ms, until);
      try {
        yield* watchTree(httpTree(options), { ...options, pollMs, logger, signal, rest });
      } finally {
        stop.abort();
        await following;
      }
    },
  };
}
