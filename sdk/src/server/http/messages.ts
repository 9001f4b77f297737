/** What comes in by HTTP: triggers, controls and receipts, each authenticated by its own signatures. */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Verdict } from "../events.ts";
import { statusOf } from "./errors.ts";
import type { HttpParts } from "./index.ts";

/** `POST /triggers`, `/controls`, `/receipts`: 202 accepted, 200 ignored (not ours), else the refusal. */
export function messageRoutes(app: FastifyInstance, { server }: HttpParts): void {
  app.post("/triggers", async ({ body }, reply) =>
    answer(reply, await server.submit(bytesOf(body), "http")),
  );
  app.post("/controls", async ({ body }, reply) =>
    answer(reply, await server.control(bytesOf(body), "http")),
  );
  app.post("/receipts", async ({ body }, reply) =>
    answer(reply, await server.receive(bytesOf(body), "http")),
  );
}

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array(0);
}

function answer(reply: FastifyReply, verdict: Verdict): FastifyReply {
  if (verdict.outcome === "refused") return reply.code(statusOf(verdict.code)).send(verdict);
  return reply.code(verdict.outcome === "accepted" ? 202 : 200).send(verdict);
}
