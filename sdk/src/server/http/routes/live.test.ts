import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import createFastify from "fastify";
import { expect, test } from "vitest";
import { servedVendor } from "../../../../test/support/served-vendor.ts";
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

test("tells who watches what happens, as it happens", async () => {
  const ground = await servedVendor();
  const id = randomUUID();
  const leaving = new AbortController();
  const answer = await fetch(`${ground.url}events?deployment=${id}`, { signal: leaving.signal });
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  await ground.post("triggers", await ground.vendor.trigger(ground.hosted)); // another one's is left out
  await ground.post("triggers", await ground.vendor.trigger(ground.hosted, { id }));
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of answer.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (/^event: sent\ndata: .*\n/m.test(text)) break;
  }
  leaving.abort();
  const events = [...text.matchAll(/^event: (.*)\ndata: (.*)$/gm)];
  const names = events.map(([, name = ""]) => name);
  expect(names).toEqual(["message", "deployment", "job", "sent"]);
  for (const [, , data = "{}"] of events)
    expect(JSON.parse(data)).toMatchObject({ deployment: id });
  await ground.vendor.close();
});
