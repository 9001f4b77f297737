/**
 * When to ask for parts again: not before a patience has passed since the last one came, then with pauses that double,
 * and not for ever; each part that comes begins the patience anew. Pure.
 */
import type { Asked } from "../../transport/parts/index.ts";

/** How long is waited. */
export interface Patience {
  /** Since the last part came, or the last request went out; doubled by each request in vain. */
  readonly patienceMs: number;
  /** Requests without a part coming, at most. */
  readonly maxRequests: number;
}

/** What is to be remembered, whether to ask now, and when to look again. */
export interface RequestDecision {
  readonly asked: Asked;
  readonly isDue: boolean;
  /** Until the next request is due, if no part comes; `Infinity` where that was asked often enough. */
  readonly nextMs: number;
}

/** @param missing how many parts; at least one. @param now milliseconds since 1970. */
export function decideRequest(
  before: Asked | undefined,
  missing: number,
  now: number,
  { patienceMs, maxRequests }: Patience,
): RequestDecision {
  const isProgress = before === undefined || missing < before.missing || now < before.progressAt;
  const asked: Asked = isProgress
    ? { missing, progressAt: now, requests: 0 }
    : { ...before, missing };
  const dueAt = dueAfter(asked, { patienceMs, maxRequests });
  if (now < dueAt) return { asked, isDue: false, nextMs: dueAt - now };
  const next = { ...asked, requests: asked.requests + 1, requestedAt: now };
  return { asked: next, isDue: true, nextMs: dueAfter(next, { patienceMs, maxRequests }) - now };
}

function dueAfter({ progressAt, requests, requestedAt = 0 }: Asked, patience: Patience): number {
  if (requests >= patience.maxRequests) return Infinity;
  return Math.max(progressAt, requestedAt) + patience.patienceMs * 2 ** requests;
}
