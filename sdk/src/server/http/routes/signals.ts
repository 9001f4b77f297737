/**
 * `GET /catalog-events`: tells whoever listens that there is another catalog, as server-sent events that carry nothing
 * but its digest. Open to everybody, as the catalog is; one watch on the server serves all of them.
 */
import { createHash } from "node:crypto";
import { PassThrough } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { HttpParts } from "../index.ts";
import { Listeners } from "../listeners.ts";

const heartbeatMs = 15_000;
/** However much happens, the catalog is compared no more often. */
const gatherMs = 200;
/** Whoever does not read what is written is let go. */
const maxWaitingBytes = 4096;

/** At most `maxListeners` at once, shared out fairly; who finds no room polls. */
export function signalRoutes(
  app: FastifyInstance,
  { server }: HttpParts,
  maxListeners = 10_000,
): void {
  const listeners = new Listeners(maxListeners);
  let told: string | undefined;
  let gathering: NodeJS.Timeout | undefined;

  function tell(text: string): void {
    for (const listener of listeners)
      if (listener.writableLength > maxWaitingBytes) listener.destroy();
      else listener.write(text);
  }
  async function compare(): Promise<void> {
    gathering = undefined;
    const digest = createHash("sha256")
      .update(await server.catalog())
      .digest("hex");
    if (digest === told) return;
    told = digest;
    tell(`event: catalog\ndata: ${digest}\n\n`);
  }
  async function watch(events: AsyncIterable<unknown>): Promise<void> {
    for await (const _ of events)
      if (listeners.size > 0)
        gathering ??= setTimeout(() => void compare().catch(() => undefined), gatherMs); // a store that fails says so elsewhere
  }
  const events = server.watch();
  void watch(events);
  const heartbeat = setInterval(() => tell(":\n\n"), heartbeatMs);
  app.addHook("onClose", async () => {
    clearInterval(heartbeat);
    clearTimeout(gathering);
    await events.return?.();
  });

  // Of HEAD nothing would be read, and no end be seen: the listener would stay for ever.
  app.get("/catalog-events", { exposeHeadRoute: false }, async ({ ip }, reply) => {
    const listener = new PassThrough();
    if (!listeners.add(listener, ip))
      return reply
        .code(503)
        .header("retry-after", "600")
        .send({ code: "UNAVAILABLE", message: "Too many listen already; poll the catalog." });
    listener.write(":\n\n"); // headers go out at once
    return reply
      .type("text/event-stream")
      .header("cache-control", "no-store")
      .header("x-accel-buffering", "no")
      .send(listener);
  });
}
