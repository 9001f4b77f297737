/** `POST /hooks/NAME`: webhooks that fire triggers. Each hook says itself whether a request is authentic. */
import type { FastifyInstance } from "fastify";
import type { FloodGate } from "../flood.ts";

/** A webhook; `trigger/` makes them. */
export interface Hook {
  readonly name: string;
  handle(request: {
    readonly body: Uint8Array;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  }): Promise<HookAnswer>;
}

/** What a hook says of a request. */
interface HookAnswer {
  readonly status: 202 | 401;
  /** For 202: `accepted` unless given. */
  readonly outcome?: "accepted" | "known";
  /** For 401: not authentic, unless it is, and was signed at another time than now. */
  readonly verdict?: "foreign" | "stale";
}

const refusals = {
  foreign: { code: "HOOK_REFUSED", message: "The webhook's secret is wrong." },
  stale: {
    code: "HOOK_STALE",
    message:
      "This was signed more than five minutes from now, by the server's clock. Sign it again.",
  },
} as const;

/** An unknown name is answered like a wrong secret: nobody learns which hooks there are. */
export function hookRoutes(app: FastifyInstance, hooks: readonly Hook[], gate: FloodGate): void {
  app.post<{ Params: { readonly name: string } }>("/hooks/:name", async (request, reply) => {
    const { body, headers, ip, params } = request;
    const hook = hooks.find(({ name }) => name === params.name);
    const bytes = body instanceof Uint8Array ? body : new Uint8Array(0);
    const answer = await hook?.handle({ body: bytes, headers });
    if (answer?.status === 202)
      return reply.code(202).send({ outcome: answer.outcome ?? "accepted" });
    gate.charge(ip);
    return reply.code(401).send(refusals[answer?.verdict ?? "foreign"]);
  });
}
