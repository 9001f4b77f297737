/** What comes in by HTTP: triggers, controls and receipts, each authenticated by its own signatures. */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Verdict } from "../../news/events.ts";
import { ownFault, statusOf } from "../errors.ts";
import type { FloodGate } from "../flood.ts";
import type { HttpParts } from "../index.ts";

const harmless: ReadonlySet<string> = new Set(["REPLAYED", "AGENT_TWICE"]);

type Take = (bytes: Uint8Array) => Promise<Verdict>;

/** `POST /triggers`, `/controls`, `/receipts`: 202 accepted, 200 ignored (not ours), else the refusal. */
export function messageRoutes(app: FastifyInstance, { server }: HttpParts, gate: FloodGate): void {
  const ways: readonly [string, Take][] = [
    ["/triggers", (bytes) => server.submit(bytes, "http")],
    ["/controls", (bytes) => server.control(bytes, "http")],
    ["/receipts", (bytes) => server.receive(bytes, "http")],
  ];
  for (const [path, take] of ways)
    app.post(path, async ({ body, ip }, reply) => {
      const verdict = await take(bytesOf(body));
      // A replay is what a good sender does whose answer was lost: it costs him nothing. Nor does being a copy.
      const isForeign = verdict.outcome === "ignored";
      const isBad =
        verdict.outcome === "refused" && !verdict.retryable && !harmless.has(verdict.code);
      if (isForeign || isBad) gate.charge(ip);
      return answer(reply, verdict);
    });
}

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array(0);
}

function answer(reply: FastifyReply, verdict: Verdict): FastifyReply {
  if (verdict.outcome === "refused") {
    const message = verdict.retryable ? ownFault : verdict.message; // the audit log has its own words
    return reply.code(statusOf(verdict.code)).send({ ...verdict, message });
  }
  return reply.code(verdict.outcome === "accepted" ? 202 : 200).send(verdict);
}
