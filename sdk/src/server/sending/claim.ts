/**
 * Holds a claimed job for as long as it is being sent, however long that takes: its lease is renewed before it lapses.
 * Where it has lapsed all the same, be it that the store was out of reach, somebody else may have the job by now:
 * sending ends, and if so the store books nothing of it.
 */
import type { ClaimedJob, DeploymentStore } from "../../ledger/index.ts";
import type { Clock, Logger } from "../../ports/index.ts";

/** What holding needs. */
export interface ClaimParts {
  readonly deployments: Pick<DeploymentStore, "renew">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a claim holds, milliseconds. */
  readonly leaseMs: number;
}

/** A job that is held. */
export interface HeldClaim {
  /** Aborted when the claim is lost, or its lease is over for all that is known here. */
  readonly lost: AbortSignal;
  /** Renews it no more. */
  release(): void;
}

/** Renews from now on, three times in every lease. */
export function holdClaim(job: ClaimedJob, parts: ClaimParts): HeldClaim {
  const { clock, leaseMs, logger } = parts;
  const lost = new AbortController();
  const lapse = (inMs: number): NodeJS.Timeout => setTimeout(() => lost.abort(), inMs);
  let lapsing = lapse(leaseMs);
  let isReleased = false;
  const renew = async (): Promise<void> => {
    const askedMs = performance.now();
    try {
      const isHeld = await parts.deployments.renew(job, { now: clock.now(), leaseMs });
      if (isReleased) return;
      clearTimeout(lapsing);
      if (isHeld) lapsing = lapse(leaseMs - (performance.now() - askedMs));
      else lost.abort();
    } catch (error) {
      // The next turn may reach the store again while the lease still holds.
      logger.log("warn", `The lease of job ${job.id} could not be renewed.`, { error });
    }
  };
  const timer = setInterval(() => void renew(), leaseMs / 3);
  return {
    lost: lost.signal,
    release() {
      isReleased = true;
      clearInterval(timer);
      clearTimeout(lapsing);
    },
  };
}
