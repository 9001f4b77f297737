/**
 * Looks at a tree again and again: the catalog is yielded when its bytes are others than those last settled, and again
 * while they are not. A carrier that is away is reported once, and looked for with growing pauses.
 */
import type { Logger } from "../../ports/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import { nextPauseMs, pause, type Pacing } from "../pacing.ts";
import type { Incoming } from "../receiver.ts";
import { CarrierBusy, type Tree } from "./tree.ts";

/** How it is looked at. */
export interface WatchOptions extends Pacing {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Waits between looks; default `pause`. Another one may end early, when there is news. */
  readonly rest?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Yields catalogs until aborted; then it ends without an error. */
export async function* watchTree(tree: Tree, options: WatchOptions): AsyncGenerator<Incoming> {
  const { signal, logger, rest = pause } = options;
  let settled: string | undefined;
  let faults = 0;
  while (!signal.aborted) {
    let atLeastMs = 0;
    try {
      const bytes = await tree.catalog({ signal });
      if (faults > 0) logger.log("info", `${tree.origin} can be read again.`);
      faults = 0;
      const digest = sha256Hex(bytes);
      if (digest !== settled) yield catalogFrom(tree, bytes, () => (settled = digest));
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CarrierBusy) atLeastMs = error.retryAfterMs;
      // Said once when it begins, not at every look.
      logger.log(faults++ === 0 ? "warn" : "debug", `${tree.origin} cannot be read.`, {
        cause: (error as Error).message,
      });
    }
    if (signal.aborted) return;
    // What the carrier asks for is kept to, with jitter on top, whatever news there may be.
    if (atLeastMs > 0)
      await pause(atLeastMs * (1 + 0.2 * (options.random ?? Math.random)()), signal);
    else await rest(nextPauseMs(options, faults), signal);
  }
}

/** A catalog with the shelf it lies on. */
export function catalogFrom(
  tree: Tree,
  bytes: Uint8Array,
  onSettled: (verdict: Parameters<Incoming["settle"]>[0]) => void,
): Incoming {
  return {
    bytes,
    origin: tree.origin,
    ...(tree.medium === undefined ? {} : { medium: tree.medium }),
    shelf: tree.shelf,
    settle: async (verdict) => onSettled(verdict),
  };
}
