/**
 * Holds a claimed job for as long as it is being sent, however long that takes: its lease is renewed before it lapses.
 * Where it has lapsed all the same, somebody else may have the job by now: sending ends, and the store books nothing of it.
 */
import type { ClaimedJob, DeploymentStore } from "../ledger/index.ts";
import type { Clock, Logger } from "../ports/index.ts";

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
  /** Aborted when the claim is lost. */
  readonly lost: AbortSignal;
  /** Renews it no more. */
  release(): void;
}

/** Renews from now on, three times in every lease. */
export function holdClaim(job: ClaimedJob, parts: ClaimParts): HeldClaim {
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    const { clock, leaseMs, logger } = parts;
    try {
      if (!(await parts.deployments.renew(job, { now: clock.now(), leaseMs }))) lost.abort();
    } catch (error) {
      // The next turn may reach the store again while the lease still holds.
      logger.log("warn", `The lease of job ${job.id} could not be renewed.`, { error });
    }
  };
  const timer = setInterval(() => void renew(), parts.leaseMs / 3);
  return { lost: lost.signal, release: () => clearInterval(timer) };
}
