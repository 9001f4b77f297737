/** A server that is not what it says, on a person's terminal: its words are shown, and steer nothing (THREATS N4, P4). */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serverClient, watchServer } from "../../src/client/index.ts";
import { Workshop, type Outcome } from "../cli/support/workshop.ts";

// Colour, a title, the one-byte CSI, a forged line, a reversed name.
const hostile =
  "\u001B[31m\u001B]0;x\u0007\u009B2J\u007F\rfine\nDone: all 9 of 9 installed\u202Egpj.exe";
const steering = /[^\P{Cc}\n\t]|\p{Bidi_Control}/u;

let workshop: Workshop;
let server: Server;
let answer: string;
let status: number;
beforeEach(async () => {
  workshop = await Workshop.open();
  server = createServer((_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(answer);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await workshop.close();
});

async function ask(...argv: readonly string[]): Promise<Outcome> {
  const { port } = server.address() as AddressInfo;
  return workshop.run([...argv, "--server", `http://127.0.0.1:${port}/`]);
}

const deployment = {
  deployment: { id: hostile, packageName: hostile, version: hostile, waves: [{ name: hostile }] },
  state: hostile,
  reason: hostile,
  waves: [{ state: hostile, counts: {} }],
};

test("what is shown of a deployment keeps its line, and no control gets through", async () => {
  status = 200;
  for (const [argv, value] of [
    [["status"], [deployment]],
    [["status", "d"], deployment],
  ] as const) {
    answer = JSON.stringify(value);
    const { exit, stdout } = await ask(...argv);
    expect([exit, steering.test(stdout)]).toEqual([0, false]);
    expect(stdout).toContain("fine");
    expect(stdout).not.toMatch(/^Done/m);
  }
});

test("as JSON it has the same value, without a control in it", async () => {
  status = 200;
  answer = JSON.stringify(deployment);
  const { stdout } = await ask("--json", "status", "d");
  expect(steering.test(stdout)).toBe(false);
  expect(JSON.parse(stdout)).toEqual(deployment);
});

test("an answer without an end is broken off", async () => {
  const mebibyte = Buffer.alloc(1024 * 1024, "d");
  let isEnded = false;
  const endless = createServer((_request, response) => {
    response.on("close", () => (isEnded = true));
    const more = (): void => {
      while (response.write(mebibyte));
    };
    response.write("data: ");
    more();
    response.on("drain", more);
  }).listen(0, "127.0.0.1");
  await once(endless, "listening");
  const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}/`;
  try {
    const { exit, stderr } = await workshop.run(["status", "--server", url]);
    expect([exit, stderr]).toEqual([3, expect.stringContaining("answers more than")]);
    await expect.poll(() => isEnded).toBe(true);
    const stop = new AbortController();
    const seen: string[] = [];
    const client = serverClient({ url });
    for await (const { event } of watchServer(client, { signal: stop.signal, retryMs: 1 })) {
      seen.push(event);
      if (seen.length === 4) stop.abort();
    }
    expect(seen).toEqual(["connected", "disconnected", "connected", "disconnected"]);
  } finally {
    endless.closeAllConnections();
    endless.close();
  }
});

test("refusals and what is no answer at all are one error", async () => {
  for (const [code, body] of [
    [500, JSON.stringify({ code: "UNAVAILABLE", message: hostile })],
    [404, JSON.stringify({ code: "DEPLOYMENT_UNKNOWN", message: hostile })],
    [200, hostile],
    [200, JSON.stringify({ deployment: hostile })],
    [200, "null"],
  ] as const) {
    [status, answer] = [code, body];
    for (const argv of [
      ["status", "d"],
      ["--verbose", "status", "d"],
      ["--json", "status", "d"],
    ]) {
      const { exit, stdout, stderr } = await ask(...argv);
      expect([body, exit === 0, steering.test(stdout + stderr)]).toEqual([body, false, false]);
    }
  }
});
