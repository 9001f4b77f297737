/**
 * What a transport and its destinations bear, kept in the store: one limit for all senders and all deployments, told by
 * the store's clock, and not filled by a restart. One question to the store for a whole job.
 *
 * Who waits is told when to ask again, one after the other, so that nobody asks in vain for long and nobody spins. That
 * order is this process's own and only saves questions: what may be sent, the store says each time.
 */
import type { BucketStore } from "../../ledger/index.ts";
import type { Clock } from "../../ports/index.ts";
import { admit, lotsOf, namedLimits, type Addressed } from "./admission.ts";
import { WaitingLine } from "./line.ts";
import type { Pace } from "./pace.ts";

/** The limits of one transport. */
export interface Limits {
  /** Nothing may be sent before, as far as is known here, milliseconds. */
  readonly restsUntilMs: number;
  /** Takes what can be had for them now. @param different messages that each of them gets */
  admit<Recipient extends Addressed>(
    recipients: readonly Recipient[],
    different: number,
  ): Promise<Admitted<Recipient>>;
}

/** Who may be written to. */
export interface Admitted<Recipient> {
  /** In the order in which they are to be written to: those of a destination together. */
  readonly admitted: readonly Recipient[];
  /** When the others ask again; absent where there are none. */
  readonly askAt?: Date;
}

/** Opens them. @param name of the transport */
export function openLimits(
  name: string,
  pace: Pace,
  { buckets, clock }: { readonly buckets: BucketStore; readonly clock: Clock },
): Limits {
  const limits = namedLimits(name, pace);
  const line = new WaitingLine();
  let restsUntilMs = -Infinity;
  return {
    get restsUntilMs() {
      return restsUntilMs;
    },
    async admit(recipients, different) {
      const lots = lotsOf(name, pace, recipients);
      const names = [...limits, ...lots.flatMap((lot) => lot.limits)].map(({ bucket }) => bucket);
      if (names.length === 0) return { admitted: recipients };
      const now = clock.now();
      const nowMs = now.getTime();
      const request = { lots, limits, pace, different, nowMs };
      const admission = await buckets.draw(names, (full) => admit(request, full), now);
      const { admitted, waiting } = admission;
      if (admission.restsUntilMs !== undefined) {
        restsUntilMs = admission.restsUntilMs;
        return { admitted: [], askAt: dateAfter(restsUntilMs) };
      }
      if (waiting.length === 0) return { admitted };
      const asks = waiting.map((wait) => line.placeOf(wait, nowMs));
      return { admitted, askAt: dateAfter(Math.min(...asks)) };
    },
  };
}

/** The next whole millisecond, so that whoever asks then is not a fraction too early. */
function dateAfter(ms: number): Date {
  return new Date(Math.ceil(ms));
}
