/**
 * Holds back addresses that keep sending what is refused (THREATS T6): a bucket per address, or network. Only refusals take
 * from it. Whoever sends good messages never notices it, and a flood fills neither the log nor the processor.
 */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Clock } from "../../ports/index.ts";
import { networkOf } from "./network.ts";

/** How much is borne from one address. */
export interface FloodLimits {
  /** Refused or foreign messages at once. Default 300. */
  readonly burst?: number;
  /** And in every minute from then on. Default 60. */
  readonly perMinute?: number;
}

/** Counts refusals. */
export interface FloodGate {
  /** Seconds until the address is heard again; 0 if it is heard now. */
  waitSeconds(address: string): number;
  /** It sent something that was refused. */
  charge(address: string): void;
}

interface Bucket {
  left: number;
  atMs: number;
}

/** Most addresses that are remembered; the ones heard longest ago are forgotten first. */
const maxAddresses = 10_000;

/** Makes a gate. */
export function floodGate(
  clock: Clock,
  { burst = 300, perMinute = 60 }: FloodLimits = {},
): FloodGate {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;
  const present = (address: string): Bucket => {
    const nowMs = clock.now().getTime();
    const bucket = buckets.get(address) ?? { left: burst, atMs: nowMs };
    const left = Math.min(burst, bucket.left + Math.max(0, nowMs - bucket.atMs) * perMs);
    return { left, atMs: nowMs };
  };
  return {
    waitSeconds(address) {
      const { left } = present(networkOf(address));
      return left >= 1 ? 0 : Math.ceil((1 - left) / perMs / 1000);
    },
    charge(address) {
      const network = networkOf(address);
      const bucket = present(network);
      buckets.delete(network); // put last: the order of the map is the order of forgetting
      buckets.set(network, { ...bucket, left: Math.max(0, bucket.left - 1) });
      const [oldest] = buckets.keys();
      if (buckets.size > maxAddresses && oldest !== undefined) buckets.delete(oldest);
    },
  };
}

/** Answers 429 before a body is read. Only what carries messages is held back: reading is not. */
export function holdBack(app: FastifyInstance, gate: FloodGate): void {
  app.addHook("onRequest", async (request, reply): Promise<FastifyReply | undefined> => {
    const seconds = request.method === "POST" ? gate.waitSeconds(request.ip) : 0;
    if (seconds === 0) return undefined;
    return reply
      .code(429)
      .header("retry-after", seconds)
      .send({
        code: "TOO_MANY",
        message: `Too much from your address was refused. Try again in ${seconds} s.`,
      });
  });
}
