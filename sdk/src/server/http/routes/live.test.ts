import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import createFastify from "fastify";
import { expect, test } from "vitest";
import { silentLogger } from "../../../ports/index.ts";
import type { WatchedEvent } from "../../news/news.ts";
import type { HttpParts } from "../index.ts";
import { liveRoutes } from "./live.ts";

const most = 100_000;

test("a watcher that does not read is let go before a hundred megabytes wait for it", async () => {
  let told = 0;
  const left = Promise.withResolvers<void>();
  async function* events(): AsyncIterableIterator<WatchedEvent> {
    try {
      while (told < most) {
        if (++told % 100 === 0) await nextTurn();
        const event = { event: "deployment", deployment: "x".repeat(1000), state: "running" };
        yield { mark: String(told), event: event as never };
      }
    } finally {
      left.resolve();
    }
  }
  const app = createFastify();
  liveRoutes(app, { server: { watch: events }, logger: silentLogger } as unknown as HttpParts);
  await app.listen({ port: 0, host: "127.0.0.1" });
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  try {
    socket.pause();
    socket.on("error", () => undefined); // it is cut
    await once(socket, "connect");
    socket.write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await left.promise;
    expect(told).toBeLessThan(most);
  } finally {
    socket.destroy();
    await app.close();
  }
});
