/**
 * Holds back an agent that sends more receipts than any honest one does (THREATS N20): good signatures and all, it
 * would fill the audit log and the store. What is held back is not lost: an honest sender keeps it and sends it again.
 */
import type { Clock } from "../../ports/index.ts";
import { allowances, type Allowance } from "../limits/allowances.ts";

/** A machine with a thousand packages may report them all at once; ten a minute are more than one installs. */
export const honestReceipts: Allowance = { burst: 1000, perMinute: 10 };

const againMs = 3_600_000;
const maxTold = 10_000;

/** Counts receipts that were verified and new. */
export interface ReceiptFlood {
  /** @returns whether one more is borne; if not, whether that was told within the hour */
  admit(agent: string): "admitted" | "tooMany" | "stillTooMany";
  /** Counts one. Not one that comes again: that is the carrier's doing, and must not silence the agent. */
  charge(agent: string): void;
}

/** Makes it. */
export function receiptFlood(clock: Clock, allowance: Allowance = honestReceipts): ReceiptFlood {
  const borne = allowances(clock, allowance);
  const toldAtMs = new Map<string, number>();
  return {
    admit(agent) {
      if (borne.waitSeconds(agent) === 0) return "admitted";
      const nowMs = clock.now().getTime();
      if (nowMs - (toldAtMs.get(agent) ?? -Infinity) < againMs) return "stillTooMany";
      toldAtMs.delete(agent);
      toldAtMs.set(agent, nowMs);
      const [oldest] = toldAtMs.keys();
      if (toldAtMs.size > maxTold && oldest !== undefined) toldAtMs.delete(oldest);
      return "tooMany";
    },
    charge: (agent) => borne.take(agent),
  };
}
