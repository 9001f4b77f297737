/**
 * When to ask for parts again: not before a patience has passed since the last one came, then with pauses that double, and
 * not for ever; each part that comes begins the patience anew. Pure.
 */
import type { Asked } from "../../transport/parts/index.ts";

/** How long is waited. */
export interface Patience {
  /** Since the last part came, or the last request went out; doubled by each request in vain. */
  readonly patienceMs: number;
  /** Requests without a part coming, at most. */
  readonly maxRequests: number;
}

/** What is to be remembered, and whether to ask now. */
export interface RequestDecision {
  readonly asked: Asked;
  readonly isDue: boolean;
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
  const since = Math.max(asked.progressAt, asked.requestedAt ?? 0);
  const isDue = asked.requests < maxRequests && now - since >= patienceMs * 2 ** asked.requests;
  if (!isDue) return { asked, isDue };
  return { asked: { ...asked, requests: asked.requests + 1, requestedAt: now }, isDue };
}
