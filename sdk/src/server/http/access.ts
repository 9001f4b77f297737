/** Who may read: whoever has the token. */
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

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
