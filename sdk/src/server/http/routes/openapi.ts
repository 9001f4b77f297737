/** `GET /openapi.json`: the HTTP API as OpenAPI 3.1, written beside the routes; a test holds the two together. */
import type { FastifyInstance } from "fastify";

interface Operation {
  readonly summary: string;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly security?: readonly object[];
}

const answers = (...codes: readonly (readonly [number, string])[]): Operation["responses"] =>
  Object.fromEntries(codes.map(([code, description]) => [String(code), { description }]));

const inPath = (name: string, description: string): object => ({
  name,
  in: "path",
  required: true,
  description,
  schema: { type: "string" },
});
const inQuery = (name: string, description: string): object => ({
  name,
  in: "query",
  description,
  schema: { type: "string" },
});

const inHeader = (name: string, description: string): object => ({
  name,
  in: "header",
  description,
  schema: { type: "string" },
});

const message = (type: string): Operation => ({
  summary: `A signed ${type}, as its exact envelope`,
  requestBody: { required: true, content: { "application/json": { schema: { type: "object" } } } },
  responses: answers(
    [200, "ignored: not ours"],
    [202, "accepted"],
    [403, "not authentic"],
    [409, "seen before, or not in this state"],
    [413, "too large"],
    [422, "cannot be carried out"],
    [429, "too much from this address was refused"],
    [503, "not now"],
  ),
});

const token = [{ bearer: [] }];
const page = [
  inQuery("after", "last id of the page before"),
  inQuery("limit", "rows, at most 10,000"),
];
const deployment = inPath("id", "id of the deployment, which is its trigger's");

/** Paths in OpenAPI's form: `{name}` for a parameter. */
export const paths: Readonly<
  Record<string, { readonly get?: Operation; readonly post?: Operation }>
> = {
  "/triggers": { post: message("trigger") },
  "/controls": { post: message("control") },
  "/receipts": { post: message("receipt") },
  "/hooks/{name}": {
    post: {
      summary: "A webhook",
      parameters: [inPath("name", "name of the hook")],
      responses: answers(
        [202, "accepted, or known from before"],
        [401, "not authentic, or signed at another time"],
        [429, "too many"],
        [503, "too many at once to be remembered"],
      ),
    },
  },
  "/enrolments": {
    post: {
      summary: "An agent enrols with a one-time token",
      responses: answers([201, "the agent as registered"], [422, "refused"]),
    },
  },
  "/packages/{name}": {
    get: {
      summary: "An archive by its digest: SHA256.outrider",
      parameters: [inPath("name", "SHA256.outrider")],
      responses: answers(
        [200, "whole"],
        [206, "a range"],
        [304, "unchanged"],
        [404, "not here"],
        [416, "no such bytes"],
      ),
    },
  },
  "/catalog.json": {
    get: {
      summary: "The signed catalog",
      responses: answers([200, "the envelope"], [304, "unchanged"]),
    },
  },
  "/catalog-events": {
    get: {
      summary: "That there is another catalog, as server-sent events",
      responses: answers([200, "event after event"], [503, "too many listen already"]),
    },
  },
  "/notifications/{name}": {
    get: {
      summary: "A notification by its digest: SHA256.json",
      parameters: [inPath("name", "SHA256.json")],
      responses: answers([200, "the envelope"], [404, "not here"]),
    },
  },
  "/trust/{name}": {
    get: {
      summary: "A trust document by its version: VERSION.json",
      parameters: [inPath("name", "VERSION.json")],
      responses: answers([200, "the envelope"], [404, "not here"]),
    },
  },
  "/deployments": {
    get: { summary: "The latest 100", security: token, responses: answers([200, "newest first"]) },
  },
  "/deployments/{id}": {
    get: {
      summary: "Where it stands",
      security: token,
      parameters: [deployment],
      responses: answers([200, "progress"], [404, "unknown"]),
    },
  },
  "/deployments/{id}/agents": {
    get: {
      summary: "Its ledger",
      security: token,
      parameters: [deployment, inQuery("state", "only this state"), ...page],
      responses: answers([200, "rows"], [404, "unknown"]),
    },
  },
  "/deployments/{id}/events": {
    get: {
      summary: "What happened to it",
      security: token,
      parameters: [deployment],
      responses: answers([200, "oldest first"], [404, "unknown"]),
    },
  },
  "/audit": {
    get: {
      summary: "The latest entries of the audit log",
      security: token,
      parameters: [
        inQuery("deployment", "only of this one"),
        inQuery("limit", "entries, at most 1,000; 100 unless given"),
      ],
      responses: answers([200, "latest first"]),
    },
  },
  "/agents": {
    get: {
      summary: "Registered agents",
      security: token,
      parameters: page,
      responses: answers([200, "by id"]),
    },
  },
  "/events": {
    get: {
      summary: "What happens, as server-sent events",
      security: token,
      parameters: [
        inQuery("deployment", "only of this one"),
        inHeader("last-event-id", "id of the last event that was seen: goes on after it"),
      ],
      responses: answers([200, "text/event-stream"]),
    },
  },
  "/metrics": {
    get: { summary: "Figures for Prometheus", security: token, responses: answers([200, "text"]) },
  },
  "/healthz": { get: { summary: "Is it there", responses: answers([200, "it is"]) } },
  "/readyz": {
    get: {
      summary: "Can it do its work",
      responses: answers([200, "it can"], [503, "which part cannot"]),
    },
  },
  "/openapi.json": { get: { summary: "This document", responses: answers([200, "OpenAPI 3.1"]) } },
};

/** Serves it. */
export function openApiRoutes(app: FastifyInstance): void {
  const document = {
    openapi: "3.1.0",
    info: {
      title: "Outrider server",
      version: "1",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
    paths,
  };
  app.get("/openapi.json", async () => document);
}
