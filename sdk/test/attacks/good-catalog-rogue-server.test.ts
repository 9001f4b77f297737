/**
 * N15: a server on the segment that replays a good catalog. It earns that the agent asks it for the archive that the
 * catalog's notification names, and nothing else: what it gives is held to the signed digest, where it points to is not
 * followed, and the deployment waits for somebody who has the archive.
 */
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { httpObtainer } from "../../src/obtain/http/index.ts";
import { opportunisticReceiver } from "../../src/transports/opportunistic/receiver/index.ts";
import { opportunisticSender } from "../../src/transports/opportunistic/sender/index.ts";
import { freePorts } from "../servers/free-ports.ts";
import { Bench } from "../support/agent-bench.ts";
import { startHttp } from "../support/archive-server.ts";
import { layOut } from "../support/laid-out.ts";
import { startStaticHost, type Twist } from "../support/static-host.ts";

let bench: Bench;
afterEach(async () => bench.clear());

/** The requests that the rogue server got, after the agent has had its time with it. */
async function requestsTo(answer: Twist): Promise<readonly string[]> {
  bench = await Bench.make();
  const release = await bench.publisher.release({ version: "1.0.0" });
  const pushed = await bench.publisher.push(release, {
    notification: { sources: [{ kind: "unc" }] },
  });
  const root = join(bench.root, "replayed");
  const catalog = await layOut(bench.publisher, root, [pushed]);
  await using host = await startStaticHost(
    root,
    (request, response) =>
      request.url?.startsWith("/packages/") === true && answer(request, response),
  );
  const [multicastPort = 0] = await freePorts(1);
  const near = { segments: ["127.0.0.0/8"], allowLoopback: true, multicastPort };
  const sender = opportunisticSender({ ...near, port: host.port });
  await sender.publish({ catalog });
  const running = await bench.run({
    receivers: [opportunisticReceiver(near)],
    obtainers: [httpObtainer({ hosts: [], minimumBytesPerSecond: 1000, rateWindowMs: 500 })],
  });
  await expect.poll(() => bench.events.some(({ type }) => type === "postponed")).toBe(true);
  await running[Symbol.asyncDispose]();
  await sender.close();
  expect(await bench.installedText("app.txt")).toBeUndefined();
  expect(bench.events.some(({ type }) => type === "finished")).toBe(false);
  return host.requests.filter((request) => request.includes("/packages/"));
}

test("N15 other bytes under the signed name: asked once, refused", async () => {
  const requests = await requestsTo((_, response) => {
    response.writeHead(200).end(Buffer.alloc(100));
    return true;
  });
  expect(requests).toHaveLength(1);
});

test("N15 a redirect to a service of this machine: not followed", async () => {
  let asked = 0;
  await using service = await startHttp((_, response) => {
    asked++;
    response.end();
  });
  const requests = await requestsTo((_, response) => {
    response.writeHead(302, { location: service.url }).end();
    return true;
  });
  expect(requests).toHaveLength(1);
  expect(asked).toBe(0);
});

test("N15 an answer that drips: given up in bound", async () => {
  const requests = await requestsTo((_, response) => {
    const timer = setInterval(() => response.write("x"), 20);
    response.on("close", () => clearInterval(timer));
    return true;
  });
  expect(requests).toHaveLength(1);
});
