/** Who may read: whoever has the token; on loopback without one, who asks for this machine by a name of its own. */
import { createHash, timingSafeEqual } from "node:crypto";
import { isIPv4 } from "node:net";
import type { FastifyInstance } from "fastify";

/** An address of this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

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

/**
 * Refuses requests for any other name: a page in a browser of this machine could have its own name lead to loopback
 * (DNS rebinding), and would read what is there.
 */
export function requireLoopbackName(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    const asked = `http://${request.headers.host ?? ""}`;
    const name = URL.canParse(asked) ? new URL(asked).hostname.replace(/^\[(.*)\]$/, "$1") : "";
    if (isLoopback(name)) return undefined;
    return reply.code(401).send({
      code: "TOKEN_REQUIRED",
      message: "Under this name reading takes a bearer token: set listen.tokenFile.",
    });
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
