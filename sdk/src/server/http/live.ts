/** `GET /events`: what happens, as server-sent events (WHATWG HTML 9.2). A comment now and then keeps proxies awake. */
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { ServerEvent } from "../events.ts";
import type { HttpParts } from "./index.ts";

const heartbeatMs = 15_000;

/** `?deployment=ID` leaves everything else out. */
export function liveRoutes(app: FastifyInstance, { server }: HttpParts): void {
  app.get<{ Querystring: { readonly deployment?: string } }>("/events", async ({ query }, reply) =>
    reply
      .type("text/event-stream")
      .header("cache-control", "no-store")
      .header("x-accel-buffering", "no")
      .send(streamOf(server.events(), query.deployment)),
  );
}

function streamOf(events: AsyncIterableIterator<ServerEvent>, deployment?: string): Readable {
  const stream = new Readable({ read: () => undefined });
  const heartbeat = setInterval(() => stream.push(":\n\n"), heartbeatMs);
  stream.push(":\n\n"); // headers go out at once
  stream.once("close", () => {
    clearInterval(heartbeat);
    void events.return?.();
  });
  void pump(events, stream, deployment);
  return stream;
}

async function pump(
  events: AsyncIterable<ServerEvent>,
  stream: Readable,
  deployment?: string,
): Promise<void> {
  for await (const event of events) {
    if (deployment !== undefined && event.deployment !== deployment) continue;
    const { event: name, ...data } = event;
    stream.push(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }
  stream.push(null);
}
