import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { testFolder } from "../../../../test/support/archives.ts";
import { listen } from "../../../../test/support/listening.ts";
import { startStaticHost, type Twist } from "../../../../test/support/static-host.ts";
import type { Shelf } from "../../../transport/index.ts";
import { uncSender } from "../../unc/sender/index.ts";
import { httpReceiver } from "./index.ts";

const { signal } = new AbortController();
const one = Buffer.from(`{"outrider":"catalog/1","document":"one"}`);
const two = Buffer.from(`{"outrider":"catalog/1","document":"two"}`);

async function host(twist?: Twist) {
  const folder = await testFolder();
  const server = await startStaticHost(folder.path, (request, response) => {
    // These tests are about polling; those of the stream are below.
    if (request.url === "/catalog-events") return false;
    return twist?.(request, response) ?? false;
  });
  const share = uncSender({ root: folder.path });
  return {
    ...server,
    get requests() {
      return server.requests.filter((request) => !request.startsWith("/catalog-events"));
    },
    share,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function firstShelf(url: string): Promise<Shelf> {
  for await (const { shelf } of httpReceiver({ url, pollMs: 5 }).receive({ signal }))
    if (shelf !== undefined) return shelf;
  throw new Error("no catalog");
}

test("a catalog that did not change costs a 304 and is not told twice; another one is told", async () => {
  await using server = await host();
  await server.share.publish({ catalog: one });
  await using listening = listen(httpReceiver({ url: server.url, pollMs: 5 }));
  await listening.until(1);
  await expect.poll(() => server.requests.length).toBeGreaterThan(3);
  expect(server.requests.slice(0, 3)).toEqual([
    "/catalog.json 200",
    "/catalog.json 304",
    "/catalog.json 304",
  ]);
  await server.share.publish({ catalog: two });
  const heard = await listening.until(2);
  expect(heard.map(({ bytes }) => Buffer.from(bytes))).toEqual([one, two]);
});

test("what was postponed is told again, though the server says that nothing changed", async () => {
  await using server = await host();
  await server.share.publish({ catalog: one });
  await using listening = listen(
    httpReceiver({ url: server.url, pollMs: 5 }),
    async () => undefined,
  );
  const heard = await listening.until(3);
  expect(heard.map(({ bytes }) => Buffer.from(bytes))).toEqual([one, one, one]);
  expect(server.requests).toContain("/catalog.json 304");
});

test("a server that is away, empty or broken is waited out", async () => {
  const answers = [404, 500, 302];
  await using server = await host((_, response) => {
    const status = answers.shift();
    if (status === undefined) return false;
    response.writeHead(status, { location: "http://127.0.0.1:1/catalog.json" }).end();
    return true;
  });
  await server.share.publish({ catalog: one });
  await using listening = listen(httpReceiver({ url: server.url, pollMs: 2 }));
  await listening.until(1);
  expect(server.requests.slice(0, 4)).toEqual([
    "/catalog.json 404",
    "/catalog.json 500",
    "/catalog.json 302",
    "/catalog.json 200",
  ]);
});

test.each([
  ["seconds", () => "1"],
  ["a date", () => new Date(Date.now() + 1999).toUTCString()],
])("Retry-After in %s is kept to", async (_, value) => {
  const asked: number[] = [];
  await using server = await host((__, response) => {
    asked.push(performance.now());
    if (asked.length > 1) return false;
    response.writeHead(503, { "retry-after": value() }).end();
    return true;
  });
  await server.share.publish({ catalog: one });
  await using listening = listen(httpReceiver({ url: server.url, pollMs: 1 }));
  await listening.until(1);
  expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThan(900);
});

test("an endless catalog and a stalled one are cut off", async () => {
  let seen = 0;
  let sent = 0;
  await using server = await host((_, response) => {
    seen++;
    if (seen === 1) return (stream(response), true);
    if (seen === 2) return (response.writeHead(200).write("{"), true);
    return false;
  });
  function stream(response: Parameters<Twist>[1]): void {
    const piece = Buffer.alloc(65_536, 0x20);
    const more = (): void => {
      while (!response.destroyed && ((sent += piece.length), response.write(piece)));
    };
    response.writeHead(200).on("drain", more);
    more();
  }
  await server.share.publish({ catalog: one });
  await using listening = listen(httpReceiver({ url: server.url, pollMs: 2, timeoutMs: 200 }));
  await listening.until(1);
  expect(seen).toBeGreaterThanOrEqual(3); // on a busy machine a good answer may be cut off as well
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});

test("the shelf holds a notification to its digest and a name to its grammar", async () => {
  await using server = await host((request, response) => {
    if (!request.url?.includes("b".repeat(64))) return false;
    return (response.writeHead(200).end("something else"), true);
  });
  const envelope = Buffer.from("a notification");
  await server.share.send({
    envelope,
    id: "1",
    deployment: "1",
    summary: { packageName: "app", version: "1.0.0", reason: "test" },
    recipients: [],
    catalog: one,
  });
  await server.share.publish({ trust: [{ version: 2, envelope: Buffer.from("trust two") }] });
  const shelf = await firstShelf(server.url);
  const sha256 = createHash("sha256").update(envelope).digest("hex");
  expect(Buffer.from(await shelf.notification(sha256, { signal }))).toEqual(envelope);
  expect(Buffer.from(await shelf.trust(2, { signal })).toString()).toBe("trust two");
  await expect(shelf.notification("b".repeat(64), { signal })).rejects.toMatchObject({
    code: "PACKAGE_DIGEST",
  });
  await expect(shelf.trust(3, { signal })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const asked = server.requests.length;
  for (const name of ["../secret", "//evil/x", "http://evil/", "A".repeat(64), ""])
    await expect(shelf.notification(name, { signal })).rejects.toMatchObject({
      code: "SOURCE_FORBIDDEN",
    });
  expect(server.requests).toHaveLength(asked);
});

test.each([
  "ftp://vendor.test/",
  "http://user:secret@vendor.test/",
  "https://vendor.test/folder",
  "https://vendor.test/?x=/",
  "vendor.test/",
])("%s is no tree's URL", (url) => {
  expect(() => httpReceiver({ url })).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.not.stringContaining("secret"),
    }),
  );
});

test("an event of the stream is followed by a look, long before the next poll; a broken one is taken up again", async () => {
  await using folder = await testFolder();
  const share = uncSender({ root: folder.path });
  const streams: ServerResponse[] = [];
  await using server = await startStaticHost(folder.path, (request, response) => {
    if (request.url !== "/catalog-events") return false;
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.write(":\n\n");
    streams.push(response);
    return true;
  });
  await share.publish({ catalog: one });
  await using listening = listen(
    httpReceiver({ url: server.url, pollMs: 60_000, reconnectMs: 20, random: () => 0 }),
  );
  await listening.until(1);
  await expect.poll(() => streams.length).toBe(1);
  await share.publish({ catalog: two });
  streams[0]?.write("event: catalog\nda");
  streams[0]?.write("ta: changed\n\n");
  await listening.until(2);
  streams[0]?.destroy();
  await expect.poll(() => streams.length).toBe(2);
  await share.publish({ catalog: one });
  streams[1]?.write("data\r\n\r\n");
  await listening.until(3);
});

test("a stream that never stops talking causes one look a second, no more", async () => {
  await using folder = await testFolder();
  await uncSender({ root: folder.path }).publish({ catalog: one });
  await using server = await startStaticHost(folder.path, (request, response) => {
    if (request.url !== "/catalog-events") return false;
    response.writeHead(200, { "content-type": "text/event-stream" });
    const timer = setInterval(() => response.write("data: x\n\n".repeat(1000)), 5);
    response.once("close", () => clearInterval(timer));
    return true;
  });
  const beganAt = performance.now();
  await using listening = listen(httpReceiver({ url: server.url, pollMs: 60_000 }));
  await listening.until(1);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const looks = 1 + Math.floor((performance.now() - beganAt) / 1000);
  expect(server.requests.length).toBeLessThanOrEqual(1 + looks); // the stream is a request too
});
