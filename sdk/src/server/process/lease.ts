/**
 * What only one of several processes does at a time: whoever holds the lease. It is renewed three times in its life by
 * the store's clock, given back in an orderly end, and lapses when its holder dies.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { LeaseStore } from "../../ledger/index.ts";
import type { Clock, Logger } from "../../ports/index.ts";

/** What holding needs. */
export interface LeaseParts {
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** This process. */
  readonly holder: string;
  /** How long others wait for a holder that has died, milliseconds. Default 15,000. */
  readonly leaseMs?: number;
}

/** One lease, as this process sees it. */
export interface Lease {
  /** Is it this process's? Asks the store when a third of the lease is over. @throws STORE_FAILED */
  hold(): Promise<boolean>;
  /** Gives it back. */
  release(): Promise<void>;
}

const defaultLeaseMs = 15_000;

/** A lease that nobody has asked for yet. */
export function leaseOf(name: string, parts: LeaseParts): Lease {
  const { leases, clock, holder, leaseMs = defaultLeaseMs } = parts;
  let isHeld = false;
  let askAtMs = -Infinity;
  return {
    async hold() {
      const nowMs = performance.now();
      if (nowMs < askAtMs) return isHeld;
      isHeld = false; // should the store be away, it is nobody's
      isHeld = await leases.hold(name, { holder, now: clock.now(), leaseMs });
      askAtMs = nowMs + leaseMs / (isHeld ? 3 : 10);
      return isHeld;
    },
    async release() {
      askAtMs = -Infinity;
      if (isHeld) await leases.release(name, holder);
      isHeld = false;
    },
  };
}

/** Does the work whenever the lease is this process's, until aborted; where it is lost, the work is aborted. */
export async function whileHolding(
  name: string,
  parts: LeaseParts,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { leaseMs = defaultLeaseMs, logger } = parts;
  const lease = leaseOf(name, parts);
  const isHeld = async (): Promise<boolean> =>
    lease.hold().catch((error: unknown) => {
      logger.log("warn", `The lease ${name} could not be asked for.`, { error });
      return false;
    });
  while (!signal.aborted) {
    if (await isHeld()) {
      const lost = new AbortController();
      const watch = setInterval(() => {
        void isHeld().then((held) => held || lost.abort());
      }, leaseMs / 10);
      await work(AbortSignal.any([signal, lost.signal])).finally(() => clearInterval(watch));
    }
    await pause(leaseMs / 10, undefined, { signal }).catch(() => undefined);
  }
  await lease.release().catch((error: unknown) => {
    logger.log("warn", `The lease ${name} lapses by itself.`, { error });
  });
}
