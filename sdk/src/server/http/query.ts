/**
 * What stands in an address, as anybody may write it: names once and in text that a store can look up, whole numbers in
 * bounds.
 */
import type { FastifyInstance } from "fastify";

/** Refuses a name that is given twice, and a NUL, which no store looks up. */
export function requirePlainNames(app: FastifyInstance): void {
  app.addHook("preValidation", async ({ params, query }, reply) => {
    const given = [...Object.values(params as object), ...Object.values(query as object)];
    if (given.every((text) => typeof text === "string" && !text.includes("\0"))) return undefined;
    return reply
      .code(400)
      .send({ code: "BAD_REQUEST", message: "The query names something twice, or with a NUL." });
  });
}

/** `?limit=`: a whole number from 1 to the most; what is none is the usual one. */
export function limitOf(text: string | undefined, usual: number, most: number): number {
  const limit = Math.floor(Number(text ?? usual)) || usual;
  return Math.min(Math.max(1, limit), most);
}
