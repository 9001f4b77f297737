/** Every answer that is not a success is `{code, message}`; a fault of ours says nothing of our insides. */
import type { FastifyInstance } from "fastify";
import { errorTable, isOutriderError, type ErrorCode } from "../../errors/index.ts";
import type { Logger } from "../../ports/index.ts";

const statuses: Partial<Record<ErrorCode, number>> = {
  DOCUMENT_TOO_LARGE: 413,
  REPLAYED: 409,
  AGENT_TWICE: 409,
  DEPLOYMENT_STATE: 409,
  DEPLOYMENT_UNKNOWN: 404,
  PACKAGE_UNKNOWN: 404,
};

/** The status that goes with a code: 403 for what is not authentic, 422 for what cannot be carried out. */
export function statusOf(code: ErrorCode): number {
  const { step, retryable } = errorTable[code];
  if (retryable) return 503;
  return (
    statuses[code] ??
    (step === "authenticate" || step === "trust" ? 403 : step === "read" ? 400 : 422)
  );
}

/** What a fault of ours is called to strangers: its own words name our files. */
export const ownFault = "The server cannot do this now; its log says why.";

/** Answers what the routes throw, and what Fastify refuses itself. */
export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ code: "NOT_FOUND", message: "There is no such route." }),
  );
  app.setErrorHandler(async (error, _request, reply) => {
    if (isOutriderError(error)) {
      const { code, retryable } = error;
      if (retryable) logger.log("error", "A request failed.", { error });
      const message = retryable ? ownFault : error.message;
      return reply.code(statusOf(code)).send({ code, message });
    }
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status === 413)
      return reply.code(413).send({
        code: "DOCUMENT_TOO_LARGE",
        message: "The body is larger than any message may be.",
      });
    if (status < 500)
      return reply.code(status).send({ code: "BAD_REQUEST", message: (error as Error).message });
    logger.log("error", "A request failed.", { error });
    return reply
      .code(500)
      .send({ code: "INTERNAL", message: "The server failed; its log says why." });
  });
}
