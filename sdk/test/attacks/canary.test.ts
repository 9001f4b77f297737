/** THREATS N7 (EFAIL): nothing that a message names is fetched or shown before its signatures hold, and then only sources. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeEnvelope } from "../../src/messages/index.ts";
import { httpObtainer } from "../../src/obtain/http/index.ts";
import { Bench } from "../support/agent-bench.ts";

let canary: Server;
let requests: string[];
let bench: Bench;
let host: string;

beforeEach(async () => {
  requests = [];
  canary = createServer((request, response) => {
    requests.push(request.url ?? "");
    response.writeHead(404).end();
  });
  await new Promise<void>((ready) => canary.listen(0, "127.0.0.1", ready));
  host = `127.0.0.1:${(canary.address() as AddressInfo).port}`;
  bench = await Bench.make({ obtainers: [httpObtainer({ hosts: [host], allowLoopback: true })] });
});
afterEach(async () => {
  await bench.clear();
  await new Promise((closed) => canary.close(closed));
});

/** The same message, every way of being wrong: the canary is in all its sources and texts. */
test("N7 forged messages: the canary hears nothing", async () => {
  const { publisher } = bench;
  const url = `http://${host}/`;
  const description = `See ${url}description or <img src='${url}image'>.`;
  const release = await publisher.release({ version: "1.0.0", source: { description } });
  const pushed = await publisher.push(release, {
    trigger: { event: { kind: "manual", detail: `${url}event` } },
    notification: { sources: [{ kind: "http", url }] },
  });
  const text = new TextDecoder().decode(pushed.bytes);
  const encode = (changed: string): Uint8Array => new TextEncoder().encode(changed);
  const stranger = publisher.simulator.key("stranger");
  const foreign = await stranger.source.sign(pushed.notification.bytes);
  const messages = [
    encode(text.replace("1.0.0", "1.0.1")),
    encode(text.replaceAll(/-----BEGIN[^]*$/g, '"]}')),
    encodeEnvelope({ ...pushed.notification, signatures: [foreign] }),
    encode(`${text.slice(0, -1)},"url":"${url}extra"}`),
    encode(`<html><img src="${url}html">${text}</html>`),
    encode(text.slice(0, -10)),
  ];
  for (const message of messages)
    expect(["refused", "ignored"]).toContain((await bench.hand(message)).verdict);
  expect(requests).toEqual([]);
});

test("N7 a genuine message: only its own archive is asked for, whatever its texts name", async () => {
  const { publisher } = bench;
  const url = `http://${host}/`;
  const release = await publisher.release({
    version: "1.0.0",
    source: { description: `See ${url}description or <img src='${url}image'>.` },
  });
  const pushed = await publisher.push(release, {
    trigger: { event: { kind: "manual", detail: `${url}event` } },
    notification: { sources: [{ kind: "http", url }] },
  });
  await bench.hand(pushed.bytes);
  expect(new Set(requests)).toEqual(new Set([`/${release.archive.sha256}.outrider`]));
});
