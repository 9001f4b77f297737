/** What one run stands on: a fixed moment, the trust document in force, what was seen before, who asks. */
import { OutriderError, say } from "../errors/index.ts";
import type { Trust } from "../schema/index.ts";
import type { Checks } from "./checks.ts";
import type { TrustMemory } from "./memory.ts";
import { checkIssued, isPast } from "./time.ts";

/** Who asks: an agent is told only of what is meant for it. */
export interface AgentIdentity {
  readonly id: string;
  readonly groups: readonly string[];
}

/** One verification's ground. */
export interface Run {
  readonly now: Date;
  readonly trust: Trust;
  readonly memory: TrustMemory;
  readonly agent: AgentIdentity | undefined;
  readonly checks: Checks;
}

/** What a verification gives: its result, and the memory that it leaves. */
export interface Outcome<T> {
  readonly result: T;
  readonly memory: TrustMemory;
}

/**
 * The trust document must be in force before it authorises anything: not expired (TUF 5.3.10: only the last one's
 * expiry counts), and not older than the one that this machine has applied before (THREATS S7).
 *
 * @throws TRUST_VERSION, TRUST_EXPIRED, NOT_YET_VALID
 */
export function checkTrustInForce({ trust, memory, now, checks }: Run): void {
  checks.make(
    "trust/1",
    "trust",
    () => {
      const applied = memory.trust?.version ?? 0;
      if (trust.version < applied)
        throw new OutriderError(
          "TRUST_VERSION",
          say(
            "Version {0} of the trust document is old: version {1} was applied here. Apply the versions between.",
            trust.version,
            applied,
          ),
        );
      if (isPast(trust.expiresAt, now))
        throw new OutriderError(
          "TRUST_EXPIRED",
          say(
            "Version {0} of the trust document expired on {1}. Get its next version.",
            trust.version,
            trust.expiresAt,
          ),
        );
      checkIssued(trust, now, say("Version {0} of the trust document", trust.version));
    },
    () =>
      say(
        "Version {0} of the trust document is in force until {1}.",
        trust.version,
        trust.expiresAt,
      ),
  );
}
