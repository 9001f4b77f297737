import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { httpReceiptSender } from "./sender.ts";

let server: Server;
let status = 202;
let bodies: string[] = [];
beforeEach(async () => {
  bodies = [];
  server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(`${request.method} ${request.url} ${body}`);
      return response.writeHead(status, { location: "http://127.0.0.1:1/" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => void server.close());

function send(): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  return httpReceiptSender({ url: `http://127.0.0.1:${port}/base/` }).send(Buffer.from("receipt"), {
    signal,
  });
}

test("posts the exact bytes below the server's URL", async () => {
  status = 202;
  await send();
  expect(bodies).toEqual(["POST /base/receipts receipt"]);
});

test.each([500, 503, 429, 302, 304, 401, 404, 405, 407, 421, 425])(
  "a server that answers %i is tried again later",
  async (answer) => {
    status = answer;
    await expect(send()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  },
);

test.each([400, 403, 409, 413, 422])(
  "what is refused with %i is not sent for ever",
  async (answer) => {
    status = answer;
    await expect(send()).resolves.toBeUndefined();
  },
);

test("a server that cannot be reached is named, with why", async () => {
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { signal } = new AbortController();
  await expect(
    httpReceiptSender({ url: `http://127.0.0.1:${port}/` }).send(Buffer.from("receipt"), {
      signal,
    }),
  ).rejects.toThrow(/receipts cannot be reached: .*ECONNREFUSED/);
});
