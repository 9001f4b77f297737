/** A client against a real server: reading, posting, and watching over a restart of the server. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { serverClient } from "./client.ts";
import { watchServer, type LiveEvent } from "./live.ts";
import { readAllRows } from "./reading.ts";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await close(server);
});

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close").catch(() => undefined);
}

/** A server that answers each path as told: `[status, body]`. */
async function serve(
  answers: Readonly<Record<string, readonly [number, string]>>,
  port = 0,
): Promise<{ server: Server; url: string; port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`.trim());
    const [status, body] = answers[request.url ?? ""] ?? [404, "{}"];
    const isStream = body.startsWith("event:") || body.startsWith(":");
    response.writeHead(status, { "content-type": isStream ? "text/event-stream" : "text/plain" });
    if (isStream) response.write(body);
    else response.end(body);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  const address = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${address.port}`, port: address.port, asked };
}

describe("reading", () => {
  test("with its token, pages until nothing is left", async () => {
    const { url, asked } = await serve({
      "/deployments/a%2Fb/agents?after=&limit=10000": [200, '[{"agent":"x"},{"agent":"y"}]'],
      "/deployments/a%2Fb/agents?after=y&limit=10000": [200, "[]"],
    });
    const agents: string[] = [];
    for await (const { agent } of readAllRows(serverClient({ url, token: "t" }), "a/b"))
      agents.push(agent);
    expect(agents).toEqual(["x", "y"]);
    expect(asked).toEqual([
      "GET /deployments/a%2Fb/agents?after=&limit=10000 Bearer t",
      "GET /deployments/a%2Fb/agents?after=y&limit=10000 Bearer t",
    ]);
  });

  test.each([
    ["a token is wanted", 401, "{}", "CONFIG_INVALID"],
    [
      "the server's own refusal",
      404,
      '{"code":"DEPLOYMENT_UNKNOWN","message":"none"}',
      "DEPLOYMENT_UNKNOWN",
    ],
    ["not a server of ours", 404, '{"code":"HACKED","message":"x"}', "UNAVAILABLE"],
    ["not JSON", 200, "<html>", "UNAVAILABLE"],
  ])("%s", async (_name, status, body, code) => {
    const { url } = await serve({ "/deployments": [status, body] });
    await expect(serverClient({ url }).get("deployments")).rejects.toMatchObject({ code });
  });

  test("nobody there; no URL", async () => {
    const { server, url } = await serve({});
    await close(server);
    await expect(serverClient({ url }).get("x")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    for (const wrong of ["", "ftp://host/", "http://user@host/", "http://"])
      expect(() => serverClient({ url: wrong })).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID" }),
      );
  });
});

test("watching goes on over a restart of the server, and says what it lost sight of", async () => {
  const answers = {
    "/events?deployment=d": [200, 'event: sent\ndata: {"deployment":"d","agents":["x"]}\n\n'],
  } as const;
  const first = await serve(answers);
  const stop = new AbortController();
  const seen: LiveEvent[] = [];
  const client = serverClient({ url: first.url });
  const watching = (async () => {
    const live = watchServer(client, { deployment: "d", signal: stop.signal, retryMs: 10 });
    for await (const event of live) seen.push(event);
  })();
  const names = (): string => seen.map(({ event }) => event).join(" ");
  await expect.poll(names).toBe("connected sent");
  await close(first.server);
  await expect.poll(names).toMatch(/^connected sent disconnected/);
  await serve(answers, first.port);
  await expect.poll(names).toMatch(/disconnected connected sent$/);
  stop.abort();
  await watching;
});
