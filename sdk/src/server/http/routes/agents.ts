/** Agents: `GET /agents` for people, `POST /enrolments` for an agent with a one-time token. */
import type { FastifyInstance } from "fastify";
import { OutriderError } from "../../../errors/index.ts";
import { parseJson, type Facts, type RegisteredAgent } from "../../../schema/index.ts";
import { openEnrolment, type EnrolmentRequest } from "../../agents/enrolment.ts";
import type { FloodGate } from "../flood.ts";
import type { HttpParts } from "../index.ts";
import { limitOf } from "../query.ts";

/** Registered agents by id; `after` and `limit` page. */
export function agentRoutes(app: FastifyInstance, { store }: HttpParts): void {
  app.get<{ Querystring: { readonly after?: string; readonly limit?: string } }>(
    "/agents",
    async ({ query }) => {
      const limit = limitOf(query.limit, 1000, 10_000);
      return store.agents.list({
        limit,
        ...(query.after === undefined ? {} : { after: query.after }),
      });
    },
  );
}

/** Takes `{token, id, key, encryptionKey?, addresses, facts?}`; answers with the agent as it is registered. */
export function enrolmentRoutes(
  app: FastifyInstance,
  { store, clock }: HttpParts,
  gate: FloodGate,
): void {
  const enrolment = openEnrolment(store.values, store.agents, clock);
  app.post("/enrolments", async ({ body, ip }, reply) => {
    const bytes = body instanceof Uint8Array ? body : new Uint8Array(0);
    try {
      const { key: _key, ...agent } = await enrolment.redeem(
        requestOf(parseJson(bytes, "the enrolment")),
      );
      return await reply.code(201).send(agent);
    } catch (error) {
      gate.charge(ip); // tokens must not be guessed
      throw error;
    }
  });
}

/** Only the form of the request; what it says of the agent is held to the schema by `redeem`. */
function requestOf(value: unknown): EnrolmentRequest {
  const { token, id, key, encryptionKey, addresses, facts } = (value ?? {}) as Readonly<
    Record<string, unknown>
  >;
  if (typeof token !== "string" || typeof id !== "string" || typeof key !== "string")
    throw new OutriderError("DOCUMENT_INVALID", "An enrolment has token, id and key.", {
      subject: "the enrolment",
    });
  return {
    token,
    id,
    key,
    ...(encryptionKey === undefined ? {} : { encryptionKey: encryptionKey as string }),
    addresses: addresses as RegisteredAgent["addresses"],
    ...(facts === undefined ? {} : { facts: facts as Facts }),
  };
}
