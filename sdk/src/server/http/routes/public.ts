/** What agents fetch: packages by digest, the catalog, notifications by digest. Signed, or named by what they are. */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sha256Hex } from "../../../signing/index.ts";
import { findNotificationByDigest } from "../../publishing/kept-notification.ts";
import type { HostedArchive } from "../../publishing/packages.ts";
import type { HttpParts } from "../index.ts";
import { readRange } from "../range.ts";

/** Large reads: at 64 KiB Node is slower than the network. */
const readBytes = 1024 * 1024;
/** A connection on which nothing moves for so long is cut: what waits for a reader who does not read is memory. */
const patience = 60_000;
const immutable = "public, max-age=31536000, immutable";
/** What is not given: a cache would go on refusing it to those who ask rightly, or later. */
const never = "no-store";

/**
 * `GET /packages/<sha256>.outrider`, `/catalog.json`, `/notifications/<sha256>.json`, `/trust/<version>.json`,
 * `/healthz`, `/readyz`.
 */
export function publicRoutes(
  app: FastifyInstance,
  { server, store, packages }: HttpParts,
  patienceMs: number = patience,
): void {
  const readiness = together(() => server.readiness());
  const catalog = together(async () => {
    const bytes = await server.catalog();
    return { bytes, etag: `"${sha256Hex(bytes)}"` };
  });
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const { isReady, checks } = await readiness();
    return reply
      .code(isReady ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status: isReady ? "ready" : "unready", checks });
  });
  app.get<{ Params: { name: string } }>("/packages/:name", async (request, reply) => {
    const sha256 = /^([0-9a-f]{64})\.outrider$/.exec(request.params.name)?.[1];
    if (packages.link !== undefined && sha256 !== undefined) {
      const link = await packages.link(sha256);
      if (link === undefined) return notFound(reply);
      return reply.header("cache-control", "no-store").redirect(link, 307); // it is good for a while only
    }
    const archive = sha256 === undefined ? undefined : await packages.archive(sha256);
    return archive === undefined
      ? notFound(reply)
      : sendArchive(archive, request, reply, patienceMs);
  });
  app.get("/catalog.json", async (request, reply) => {
    const { bytes, etag } = await catalog();
    void reply.header("etag", etag).header("cache-control", "no-cache");
    if (request.headers["if-none-match"] === etag) return reply.code(304).send();
    return reply.type("application/json").send(bytes);
  });
  app.get<{ Params: { name: string } }>("/notifications/:name", async ({ params }, reply) => {
    const sha256 = /^([0-9a-f]{64})\.json$/.exec(params.name)?.[1];
    const bytes =
      sha256 === undefined ? undefined : await findNotificationByDigest(sha256, store.values);
    if (bytes === undefined) return notFound(reply);
    return reply
      .type("application/json")
      .header("cache-control", immutable)
      .header("etag", `"${sha256}"`)
      .send(bytes);
  });
  app.get<{ Params: { name: string } }>("/trust/:name", async ({ params }, reply) => {
    const version = /^([1-9]\d{0,8})\.json$/.exec(params.name)?.[1];
    const bytes = version === undefined ? undefined : server.trustDocument(Number(version));
    if (bytes === undefined) return notFound(reply);
    return reply.type("application/json").header("cache-control", "no-cache").send(bytes);
  });
}

/**
 * Whoever asks while the answer is being made gets that one: a flood of questions holds up neither store nor orders.
 */
function together<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | undefined;
  return () =>
    (asking ??= ask().finally(() => {
      asking = undefined;
    }));
}

function sendArchive(
  archive: HostedArchive,
  request: FastifyRequest,
  reply: FastifyReply,
  patienceMs: number,
): FastifyReply {
  const etag = `"${archive.sha256}"`;
  void reply
    .header("etag", etag)
    .header("accept-ranges", "bytes")
    .header("cache-control", immutable);
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  const isSame = request.headers["if-range"] === undefined || request.headers["if-range"] === etag;
  const range = isSame ? readRange(request.headers.range, archive.size) : undefined;
  if (range === "unsatisfiable")
    return reply
      .code(416)
      .header("cache-control", never)
      .header("content-range", `bytes */${archive.size}`)
      .send({ code: "BAD_REQUEST", message: "There are no such bytes." });
  const { start, end } = range ?? { start: 0, end: archive.size - 1 };
  if (range !== undefined)
    void reply.code(206).header("content-range", `bytes ${start}-${end}/${archive.size}`);
  void reply.type("application/vnd.outrider.package").header("content-length", end - start + 1);
  if (request.method === "HEAD") return reply.send(Readable.from([])); // not a byte is read for it
  reply.raw.setTimeout(patienceMs); // without a listener of its own it ends the connection
  return reply.send(createReadStream(archive.path, { start, end, highWaterMark: readBytes }));
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .header("cache-control", never)
    .send({ code: "NOT_FOUND", message: "There is nothing here." });
}
