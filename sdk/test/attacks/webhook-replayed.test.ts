/** THREATS T7: a delivery of a webhook that was read on its way is sent again, as it was or under another name. */
import { createHmac } from "node:crypto";
import { tmpdir } from "node:os";
import { beforeEach, expect, test } from "vitest";
import { nodeFileSystem } from "../../src/ports/index.ts";
import { openSource, type HookAnswer, type HookRequest } from "../../src/trigger/index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
// The key and the delivery of Standard Webhooks' own test vector.
const standard = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const captured: HookRequest = {
  body: bytes('{"test": 2432232314}'),
  headers: {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  },
};

let now: Date;
let kept: Map<string, string>;
let secret: string;
beforeEach(() => {
  now = new Date(1_614_265_330_000);
  kept = new Map();
});

/** A server that starts: what it knows is what it kept. */
const started = (): ReturnType<typeof openSource> =>
  openSource({ kind: "webhook", name: "forge" }, "push/on", {
    state: {
      get: async (key) => kept.get(key),
      set: async (key, value) => void kept.set(key, value),
      swap: async (key, before, value) => kept.get(key) === before && !!kept.set(key, value),
    },
    clock: { now: () => now },
    fileSystem: nodeFileSystem,
    baseDirectory: tmpdir(),
    secretOf: () => secret,
  });

const send = (request: HookRequest): Promise<HookAnswer> => started().hooks[0]!.handle(request);
const withHeaders = (headers: HookRequest["headers"]): HookRequest => ({
  ...captured,
  headers: { ...captured.headers, ...headers },
});
async function pushed(): Promise<number> {
  const firings = await started().source.due(now);
  for (const firing of firings) await firing.settle();
  return firings.length;
}

test("T7 a signed delivery fires once, also after a restart, and never past its time", async () => {
  secret = standard;
  expect(await send(captured)).toEqual({ status: 202, outcome: "accepted" });
  expect(await pushed()).toBe(1);
  expect(await send(captured)).toEqual({ status: 202, outcome: "known" });
  now = new Date(now.getTime() + 301_000);
  expect(await send(captured)).toEqual({ status: 401, verdict: "stale" });
  kept.clear(); // also where the server lost what it knew
  expect(await send(captured)).toEqual({ status: 401, verdict: "stale" });
  expect(await pushed()).toBe(0);
});

test.each([
  ["another id", { "webhook-id": "msg_another" }],
  ["a later time", { "webhook-timestamp": "1614265331" }],
  ["no id", { "webhook-id": undefined }],
  // `id.time.body` has one reading only: an id that swallows a part of the rest is none.
  ["an id with a full stop", { "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330" }],
  [
    "an asymmetric signature's name",
    { "webhook-signature": "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" },
  ],
])("T7 under %s it is not what was signed", async (_name, headers) => {
  secret = standard;
  expect(await send(withHeaders(headers))).toEqual({ status: 401, verdict: "foreign" });
  expect(await pushed()).toBe(0);
});

test("T7 a signature of one scheme is none of another, nor is the secret sent in its place", async () => {
  secret = standard;
  const mac = createHmac("sha256", Buffer.from(standard.slice(6), "base64"));
  const text = 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}';
  const signature = `sha256=${mac.update(text).digest("hex")}`;
  for (const headers of [
    { "x-hub-signature-256": signature },
    { authorization: `Bearer ${standard}` },
  ])
    expect(await send({ body: bytes(text), headers })).toEqual({ status: 401, verdict: "foreign" });
});

test("T7 where the body alone is signed, the same body fires once, whatever it is called", async () => {
  secret = "the-forges-own-secret";
  const body = bytes('{"ref":"refs/tags/v1"}');
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const deliver = (id: string, key: string): Promise<HookAnswer> =>
    send({
      body,
      headers: {
        "x-hub-signature-256": signature,
        "x-github-delivery": id,
        "idempotency-key": key,
        "webhook-id": key,
      },
    });
  expect(await deliver("d-1", "k-1")).toEqual({ status: 202, outcome: "accepted" });
  expect(await pushed()).toBe(1);
  now = new Date(now.getTime() + 365 * 86_400_000);
  expect(await deliver("d-2", "k-2")).toEqual({ status: 202, outcome: "known" });
  expect(await pushed()).toBe(0);
});
