/** Keys that count no more. */
import { say } from "../../errors/index.ts";
import type { Trust, TrustedKey } from "../../schema/index.ts";
import { isRevoked } from "../../trust/index.ts";
import type { Remark } from "../remark.ts";

const soonMs = 30 * 24 * 60 * 60 * 1000;

/** What is to be said of a key, at a place that names it: nothing, or one remark. */
export function keyRemark(trust: Trust, key: TrustedKey, pointer: string, now: Date): Remark[] {
  if (isRevoked(trust, key))
    return [
      {
        code: "KEY_REVOKED",
        severity: "warning",
        pointer,
        sentence: say("The key of {0} is revoked and counts no more.", key.owner),
      },
    ];
  const leftMs = Date.parse(key.notAfter) - now.getTime();
  if (leftMs > soonMs) return [];
  return [
    {
      code: "KEY_EXPIRED",
      severity: "warning",
      pointer,
      sentence:
        leftMs <= 0
          ? say("The key of {0} expired on {1} and counts no more.", key.owner, day(key.notAfter))
          : say("The key of {0} expires on {1}.", key.owner, day(key.notAfter)),
    },
  ];
}

/** Does it count at this moment? */
export function counts(trust: Trust, key: TrustedKey, now: Date): boolean {
  return !isRevoked(trust, key) && Date.parse(key.notAfter) > now.getTime();
}

function day(timestamp: string): string {
  return timestamp.slice(0, 10);
}
