/**
 * Holds back addresses that keep sending what is refused (THREATS T6): a bucket per address, or network. Only refusals
 * take from it. Whoever sends good messages never notices it, and a flood fills neither the log nor the processor.
 */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Clock } from "../../ports/index.ts";
import { allowances } from "../limits/allowances.ts";
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

/** Makes a gate. */
export function floodGate(
  clock: Clock,
  { burst = 300, perMinute = 60 }: FloodLimits = {},
): FloodGate {
  const borne = allowances(clock, { burst, perMinute });
  return {
    waitSeconds: (address) => borne.waitSeconds(networkOf(address)),
    charge: (address) => borne.take(networkOf(address)),
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
