/** `GET /events`: what happens, as server-sent events (WHATWG HTML 9.2). A comment now and then keeps proxies awake. */
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { WatchedEvent } from "../../news/news.ts";
import type { HttpParts } from "../index.ts";

const heartbeatMs = 15_000;
/** Bytes that wait for one watcher. Who reads more slowly is let go, and comes back for what it has not read. */
const maxWaitingBytes = 1024 * 1024;

/** `?deployment=ID` leaves everything else out. Whoever comes back goes on after the event whose id it names. */
export function liveRoutes(app: FastifyInstance, { server, logger }: HttpParts): void {
  app.get<{
    Querystring: { readonly deployment?: string };
    Headers: { readonly "last-event-id"?: string };
  }>("/events", { exposeHeadRoute: false }, async ({ query, headers }, reply) => {
    const events = server.watch(headers["last-event-id"]);
    const stream = streamOf(events);
    pump(events, stream, query.deployment).catch((error: unknown) => {
      logger.log("warn", "A watcher was let go.", { error });
      stream.destroy(); // it comes back
    });
    return reply
      .type("text/event-stream")
      .header("cache-control", "no-store")
      .header("x-accel-buffering", "no")
      .send(stream);
  });
}

function streamOf(events: AsyncIterableIterator<WatchedEvent>): Readable {
  const stream = new Readable({ read: () => undefined });
  const heartbeat = setInterval(() => stream.push(":\n\n"), heartbeatMs);
  stream.push(":\n\n"); // headers go out at once
  stream.once("close", () => {
    clearInterval(heartbeat);
    void events.return?.();
  });
  return stream;
}

async function pump(
  events: AsyncIterable<WatchedEvent>,
  stream: Readable,
  deployment?: string,
): Promise<void> {
  for await (const watched of events) {
    if (stream.readableLength > maxWaitingBytes) throw new Error("It reads too slowly.");
    if (!("event" in watched)) {
      stream.push("event: missed\ndata: {}\n\n");
      continue;
    }
    const { event: name, ...data } = watched.event;
    if (deployment !== undefined && data.deployment !== deployment) continue;
    const text = `id: ${watched.mark}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    // What waits goes out before more is added: whoever was away long is not let go before it has read anything.
    if (!stream.push(text)) await nextTurn();
  }
  stream.push(null);
}
