/**
 * Standing pushes: reviewed once, carried out whenever their source fires. Each firing becomes one signed trigger, by a
 * key that the trust document allows for it; the firing is settled when the server has taken the trigger, or has
 * refused it for good.
 */
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { isOutriderError } from "../errors/index.ts";
import type { Clock, Logger } from "../ports/index.ts";
import type { EventSource, Firing } from "./source.ts";

/** A push and what fires it. */
export interface StandingPush {
  /** Name of its push file. */
  readonly name: string;
  readonly source: EventSource;
  /** Makes the signed trigger of a firing, under this id: `createTrigger({...push, event, id})`. */
  order(firing: Firing, id: string): Promise<Uint8Array>;
}

/** What the server says of a trigger. */
export interface Taken {
  readonly outcome: "accepted" | "ignored" | "refused";
  readonly code?: string;
  readonly retryable?: boolean;
}

/** What carrying out needs. */
export interface StandingParts {
  /** The server's way in. */
  submit(trigger: Uint8Array): Promise<Taken>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Pause between two looks, milliseconds. Default 1,000. */
  readonly tickMs?: number;
}

/** Looks again and again, until aborted. */
export async function keepPushing(
  pushes: readonly StandingPush[],
  parts: StandingParts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const push of pushes) await pushDue(push, parts, signal);
    await pause(parts.tickMs ?? 1000, undefined, { signal }).catch(() => undefined);
  }
}

/** Carries out what is due now. Returns how many triggers the server took. Never throws: what failed is due again. */
export async function pushDue(
  push: StandingPush,
  parts: StandingParts,
  signal?: AbortSignal,
): Promise<number> {
  let taken = 0;
  try {
    for (const firing of await push.source.due(parts.clock.now())) {
      if (signal?.aborted === true) break;
      if (await carryOut(push, firing, parts)) taken++;
    }
  } catch (error) {
    parts.logger.log(
      "error",
      `The push ${push.name} could not be carried out and is tried again.`,
      { error },
    );
  }
  return taken;
}

async function carryOut(
  push: StandingPush,
  firing: Firing,
  parts: StandingParts,
): Promise<boolean> {
  const id = triggerIdOf(push.name, firing.key);
  const verdict = await order(push, firing, id, parts);
  // Seen before: the answer of the last attempt was lost, not its effect.
  const isTaken = verdict.outcome === "accepted" || verdict.code === "REPLAYED";
  if (!isTaken && verdict.retryable === true) return false;
  await firing.settle();
  if (isTaken)
    parts.logger.log("info", `The push ${push.name} fired.`, { trigger: id, event: firing.event });
  else
    parts.logger.log("error", `The server refused the push ${push.name}.`, {
      trigger: id,
      code: verdict.code,
    });
  return verdict.outcome === "accepted";
}

async function order(
  push: StandingPush,
  firing: Firing,
  id: string,
  parts: StandingParts,
): Promise<Taken> {
  try {
    return await parts.submit(await push.order(firing, id));
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    const { code, retryable } = error;
    return { outcome: "refused", code, retryable };
  }
}

/** The same firing always makes the same trigger: a UUID of version 8 (RFC 9562 5.8). */
export function triggerIdOf(push: string, firing: string): string {
  const digest = createHash("sha256").update(`outrider firing\n${push}\n${firing}`).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString("hex", 0, 16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
