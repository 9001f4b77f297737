/**
 * Looks at a share (patent 16, agent half). Change events do not cross mounts, so it polls; everything beside the
 * catalog is read only for a verified one.
 */
import { silentLogger, type Logger } from "../../../ports/index.ts";
import type { Receiver } from "../../../transport/index.ts";
import {
  News,
  openShare,
  shareTree,
  watchTree,
  type ShareLocation,
  type ShareReader,
} from "../../../transport/tree/index.ts";

/** How a share is looked at. */
export type UncReceiverOptions = ShareLocation<ShareReader> & {
  /** Pause between looks; default 60,000, ± 20 %. */
  readonly pollMs?: number;
  /** Longest pause while the share is away; default ten times `pollMs`. */
  readonly maxBackoffMs?: number;
  readonly logger?: Logger;
  /** 0 ≤ random < 1, for the jitter; default `Math.random`. */
  readonly random?: () => number;
};

/** Hears from a share. */
export function uncReceiver(options: UncReceiverOptions): Receiver {
  const { logger = silentLogger, pollMs = 60_000 } = options;
  const tree = shareTree(openShare(options));
  const news = new News(options.random);
  const rest = (ms: number, until: AbortSignal): Promise<void> => news.rest(ms, until);
  return {
    name: "unc",
    lookNow: () => news.tell(),
    receive: ({ signal }) => watchTree(tree, { ...options, pollMs, logger, signal, rest }),
  };
}
