/** THREATS T6: a stranger takes all the places in the stream of news that is open to everybody, so that nobody else hears. */
import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import createFastify from "fastify";
import { expect, test } from "vitest";
import { eventStream } from "../../src/ledger/index.ts";
import type { HttpParts } from "../../src/server/http/index.ts";
import { Listeners } from "../../src/server/http/listeners.ts";
import { liveRoutes } from "../../src/server/http/routes/live.ts";
import { signalRoutes } from "../../src/server/http/routes/signals.ts";

test("T6 whoever asks only for the head of a stream takes no place in it", async () => {
  const watched: string[] = [];
  const watch = (): AsyncIterableIterator<never> => {
    watched.push("watch");
    return eventStream<never>().watch();
  };
  const parts = { server: { watch, catalog: async () => new Uint8Array() } };
  const app = createFastify({ forceCloseConnections: true });
  signalRoutes(app, parts as unknown as HttpParts, 2);
  liveRoutes(app, parts as unknown as HttpParts);
  await app.listen({ port: 0, host: "127.0.0.1" });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  try {
    for (let turn = 0; turn < 5; turn++)
      for (const path of ["/catalog-events", "/events"])
        expect((await fetch(`${url}${path}`, { method: "HEAD" })).status).toBe(404);
    expect(watched).toEqual(["watch"]); // the server's own
    const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
    socket.write("GET /catalog-events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const [head] = (await once(socket, "data")) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  } finally {
    await app.close();
  }
});

test("T6 one address that holds every place makes room for others, and for itself none", () => {
  const listeners = new Listeners(6);
  const held = Array.from({ length: 6 }, () => new PassThrough());
  for (const listener of held) expect(listeners.add(listener, "2001:db8::1")).toBe(true);
  expect(listeners.add(new PassThrough(), "2001:db8::2")).toBe(false); // the same network
  const others = Array.from({ length: 4 }, () => new PassThrough());
  expect(others.map((other) => listeners.add(other, "192.0.2.1"))).toEqual([
    true,
    true,
    true,
    false, // each has half of it
  ]);
  expect(listeners.add(new PassThrough(), "192.0.2.2")).toBe(true);
  expect(listeners.size).toBe(6);
  expect(held.map(({ destroyed }) => destroyed)).toEqual([true, true, true, true, false, false]);
});

test("T6 who goes leaves a place", async () => {
  const listeners = new Listeners(1);
  const first = new PassThrough();
  expect(listeners.add(first, "192.0.2.1")).toBe(true);
  first.destroy();
  await once(first, "close");
  expect([listeners.size, listeners.add(new PassThrough(), "192.0.2.1")]).toEqual([0, true]);
});
