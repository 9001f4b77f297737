/**
 * Takes due jobs from the store to the transports: claim → notify → send → record, one job at a time per transport.
 *
 * A job is leased before it is sent, held while it is, and booked afterwards; whoever dies in between leaves a lease
 * that lapses, and the next one sends the same bytes again. Who may not be written to yet, for what a transport or a
 * destination bears, is given back untried (`limits/limits.ts`). Outcomes are per recipient: accepted is sent; deferred
 * and unknown are tried again after growing times (RFC 5321 4.5.4.1) until the trigger expires; rejected has failed.
 */
import { isOutriderError } from "../../errors/index.ts";
import type { ClaimedJob, DeploymentStore, Settlement } from "../../ledger/index.ts";
import type { Clock, Logger } from "../../ports/index.ts";
import type { DeliveryOutcome, Recipient } from "../../transport/index.ts";
import type { Receipted } from "../carriage/attachment.ts";
import type { ServerTransport } from "../carriage/transports.ts";
import type { Admitted, Limits } from "../limits/limits.ts";
import type { ServerEvent } from "../news/events.ts";
import { newsOf } from "../news/jobs.ts";
import { holdClaim } from "./claim.ts";
import { shipmentOf, shipmentTo, type DeliveryParts, type Shipment } from "./delivery.ts";
import type { Shipping } from "./shipping.ts";
import type { Suppression } from "./suppression.ts";

/** What dispatching needs. */
export interface DispatchParts extends DeliveryParts {
  readonly deployments: Pick<DeploymentStore, "claim" | "renew" | "postpone" | "record"> &
    Receipted;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly suppression: Suppression;
  readonly shipping: Shipping;
  /** What each transport bears. */
  readonly limits: ReadonlyMap<string, Limits>;
  /** This process, in leases. */
  readonly worker: string;
  /** How long a claim holds, milliseconds. */
  readonly leaseMs: number;
  tell(event: ServerEvent): void;
}

const firstRetryMs = 30_000;
const longestRetryMs = 3_600_000;

/** Sends what is due by one transport. Returns how many jobs were done. */
export async function dispatch(
  transport: ServerTransport,
  except: readonly string[],
  parts: DispatchParts,
  signal: AbortSignal,
): Promise<number> {
  let done = 0;
  const limits = parts.limits.get(transport.sender.name);
  while (!signal.aborted) {
    const restsUntilMs = limits?.restsUntilMs ?? -Infinity;
    if (restsUntilMs > parts.clock.now().getTime()) break;
    const job = await parts.deployments.claim({
      worker: parts.worker,
      now: parts.clock.now(),
      leaseMs: parts.leaseMs,
      transports: [transport.sender.name],
      except,
    });
    if (job === undefined) break;
    if (await carryOut(job, transport, parts, signal)) done++;
  }
  return done;
}

/** False where nobody could be written to yet. */
async function carryOut(
  job: ClaimedJob,
  transport: ServerTransport,
  parts: DispatchParts,
  signal: AbortSignal,
): Promise<boolean> {
  const started = performance.now();
  const claim = holdClaim(job, parts);
  const ending = AbortSignal.any([signal, claim.lost]);
  const sent = await send(job, transport, parts, ending).finally(() => claim.release());
  const { outcomes, sendingMs, askAt } = sent;
  if (outcomes.length === 0 && askAt !== undefined) {
    await parts.deployments.postpone(job, askAt);
    return false;
  }
  const now = parts.clock.now();
  const settlement = settle(job, sent, now, ending.aborted);
  const isBooked = await parts.deployments.record(job, settlement);
  const took = { seconds: (performance.now() - started) / 1000, sendingSeconds: sendingMs / 1000 };
  for (const event of newsOf(job, { at: now, outcomes, took, isBooked })) parts.tell(event);
  return true;
}

/** What became of everybody, and for how long the transport had them. */
interface Sent {
  readonly outcomes: readonly DeliveryOutcome[];
  readonly sendingMs: number;
  /** When those are to be written to of whom nothing is said. */
  readonly askAt?: Date;
}

/** Where the transport as a whole fails, every recipient is deferred: nothing is lost by it. */
async function send(
  job: ClaimedJob,
  transport: ServerTransport,
  parts: DispatchParts,
  signal: AbortSignal,
): Promise<Sent> {
  const { name } = transport.sender;
  const { open, suppressed } = await parts.suppression.sort(name, job.recipients);
  const left = suppressed.map(
    ({ agent }) =>
      ({ agent, outcome: "rejected", detail: "the address was rejected twice before" }) as const,
  );
  if (open.length === 0) return { outcomes: left, sendingMs: 0 };
  const asked = new Map(open.map(({ agent, address }) => [agent, address]));
  let startedMs = performance.now();
  try {
    const whole = await shipmentOf({ ...job, recipients: open }, transport, parts, signal);
    if (isEmpty(whole)) return { outcomes: [...left, ...open.map(inVain)], sendingMs: 0 };
    const { admitted, askAt } = await admit(whole, parts.limits.get(name));
    const waiting = askAt === undefined ? {} : { askAt };
    if (admitted.length === 0) return { outcomes: left, sendingMs: 0, ...waiting };
    startedMs = performance.now();
    const shipment = shipmentTo(admitted, whole);
    const outcomes = await parts.shipping.send(shipment, transport.sender, signal);
    const sendingMs = performance.now() - startedMs;
    const known = outcomes.filter(({ agent }) => asked.has(agent));
    for (const { agent, outcome } of known)
      if (outcome === "rejected") await parts.suppression.learn(name, asked.get(agent) ?? "", true);
    return { outcomes: [...left, ...known], sendingMs, ...waiting };
  } catch (error) {
    const detail = isOutriderError(error) ? `${error.code}: ${error.message}` : String(error);
    // A vendor's own sender may throw anything: it waits like everybody else, and whoever runs the server sees why.
    if (!isOutriderError(error))
      parts.logger.log("error", `Sending by ${name} failed in a way that it should not.`, {
        error,
      });
    const deferred = open.map(({ agent }) => ({ agent, outcome: "deferred" as const, detail }));
    return { outcomes: [...left, ...deferred], sendingMs: performance.now() - startedMs };
  }
}

async function admit(
  { recipients, message, parts }: Shipment,
  limits: Limits | undefined,
): Promise<Admitted<Recipient>> {
  if (limits === undefined) return { admitted: recipients };
  return limits.admit(recipients, (message === undefined ? 0 : 1) + parts.length);
}

function isEmpty({ message, parts }: Shipment): boolean {
  return message === undefined && parts.length === 0;
}

function inVain({ agent }: Recipient): DeliveryOutcome {
  return { agent, outcome: "rejected", detail: "what was asked for is not to be had any more" };
}

function settle(job: ClaimedJob, { outcomes, askAt }: Sent, now: Date, isCut: boolean): Settlement {
  // What was cut off here, by the server's end or a lease that was over, is due at once: no relay has put it off.
  const delayedMs = now.getTime() + (isCut ? 0 : retryDelayMs(job));
  const isDeferred = outcomes.some(({ outcome }) => !isFinal(outcome));
  const retryAt = new Date(
    Math.min(
      askAt?.getTime() ?? Infinity,
      isDeferred || askAt === undefined ? delayedMs : Infinity,
    ),
  );
  const isInTime = retryAt.getTime() < Date.parse(job.deployment.expiresAt);
  return {
    now,
    outcomes: outcomes.map(({ agent, outcome, detail }) => ({
      agent,
      outcome: isFinal(outcome) ? outcome : "later",
      detail,
    })),
    ...(isInTime ? { retryAt } : {}),
  };
}

function isFinal(outcome: DeliveryOutcome["outcome"]): outcome is "accepted" | "rejected" {
  return outcome === "accepted" || outcome === "rejected";
}

/** 30 s, doubling, at most an hour; spread by the job's number so that a relay that comes back is not stormed. */
export function retryDelayMs({ attempt, id }: Pick<ClaimedJob, "attempt" | "id">): number {
  const base = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempt - 1));
  return Math.round(base * (1 + ((id * 0.618_034) % 1) * 0.25));
}
