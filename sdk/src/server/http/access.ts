/** Who may read: whoever has the token; on loopback without one, who asks for this machine by a name of its own. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { isThisMachine } from "../../transport/near-address.ts";

/** Refuses requests without `Authorization: Bearer TOKEN`, in the same time whatever they bring instead. */
export function requireToken(app: FastifyInstance, token: string): void {
  const expected = digest(token);
  app.addHook("onRequest", async (request, reply) => {
    const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (timingSafeEqual(digest(given), expected)) return undefined;
    return reply
      .code(401)
      .header("www-authenticate", "Bearer")
      .send({ code: "TOKEN_REQUIRED", message: "Reading takes the bearer token of this server." });
  });
}

/** What proxies add: whoever comes through one is somewhere else, whatever name it asks for. */
const forwarding = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/**
 * Refuses requests for any other name: a page in a browser of this machine could have its own name lead to loopback
 * (DNS rebinding), and would read what is there. So would everybody through a proxy of this machine, which asks for
 * loopback.
 */
export function requireLoopbackName(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    const asked = `http://${request.headers.host ?? ""}`;
    const name = URL.canParse(asked) ? new URL(asked).hostname : "";
    const isForwarded = forwarding.some((field) => request.headers[field] !== undefined);
    if (isThisMachine(name) && !isForwarded) return undefined;
    return reply.code(401).send({
      code: "TOKEN_REQUIRED",
      message:
        "Under this name, or through a proxy, reading takes a bearer token: set listen.token, in a configuration listen.tokenFile.",
    });
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
