import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { documentIn, Vendor } from "../../../test/support/vendor.ts";
import { verifies } from "../../../test/support/verifies.ts";
import type { PublishedPackage } from "../../host/index.ts";
import { createServer } from "../server.ts";

let vendor: Vendor;
let url: string;
let hosted: PublishedPackage;

async function open(changes: Parameters<typeof Vendor.open>[0] = {}): Promise<void> {
  vendor = await Vendor.open({ listen: { port: 0 }, ...changes });
  url = (await vendor.server.start()).url ?? "";
  hosted = await vendor.publish("demo-app", "1.0.0", "a".repeat(5000));
  await vendor.enrol([{ id: "till-1" }]);
}

async function post(path: string, body: Uint8Array): Promise<Response> {
  return fetch(`${url}${path}`, { method: "POST", body: new Uint8Array(body) });
}

describe("on loopback", () => {
  beforeEach(() => open());
  afterEach(() => vendor.close());

  test("takes a trigger, sends it by itself, takes the receipt, and shows where it stands", async () => {
    verifies("ways-in", "receipt");
    const id = randomUUID();
    const accepted = await post("triggers", await vendor.trigger(hosted, { id }));
    expect(accepted.status).toBe(202);
    expect(await accepted.json()).toEqual({ outcome: "accepted", id, deployment: id });
    await expect.poll(() => vendor.email.deliveries.length).toBe(1);
    expect((await post("receipts", await vendor.receipt("till-1", id, "installed"))).status).toBe(
      202,
    );
    await expect
      .poll(async () => (await (await fetch(`${url}deployments/${id}`)).json()) as object)
      .toMatchObject({ state: "finished", deployment: { packageName: "demo-app" } });
    const agents = (await (await fetch(`${url}deployments/${id}/agents`)).json()) as {
      receipt: string;
    }[];
    expect(JSON.parse(agents[0]!.receipt)).toMatchObject({ agent: "till-1", outcome: "installed" });
    const events = (await (await fetch(`${url}deployments/${id}/events`)).json()) as {
      kind: string;
    }[];
    expect(events.map(({ kind }) => kind)).toEqual([
      "waveStarted",
      "waveReached",
      "waveFinished",
      "finished",
    ]);
  });

  test("shows what the audit log says of a deployment, the latest first", async () => {
    const id = randomUUID();
    await post("triggers", await vendor.trigger(hosted, { id }));
    await post("triggers", await vendor.trigger(hosted));
    await post("receipts", await vendor.receipt("till-1", id, "installed"));
    const read = async (query: string): Promise<object[]> =>
      (await (await fetch(`${url}audit?${query}`)).json()) as object[];
    expect(await read(`deployment=${id}`)).toMatchObject([
      { number: 3, kind: "receipt", verdict: "accepted", deployment: id },
      { number: 1, kind: "trigger", verdict: "accepted", deployment: id },
    ]);
    expect(await read("limit=1")).toMatchObject([{ number: 3 }]);
    expect(await read("deployment=nobody&limit=none")).toEqual([]);
  });

  test("answers a refusal with its code and a status that fits", async () => {
    const trigger = await vendor.trigger(hosted);
    const cases: [string, Uint8Array, number, object][] = [
      ["triggers", new TextEncoder().encode("hello"), 200, { outcome: "ignored" }],
      [
        "triggers",
        await vendor.trigger(hosted, { audience: { groups: ["nobody"] } }),
        422,
        { code: "AUDIENCE_UNKNOWN" },
      ],
      [
        "triggers",
        await vendor.trigger(hosted, { contentsSha512: new Uint8Array(64) }),
        403,
        { code: "BINDING_MISMATCH" },
      ],
      ["triggers", new Uint8Array(70_000), 413, { code: "DOCUMENT_TOO_LARGE" }],
      ["receipts", trigger, 200, { outcome: "ignored" }],
      ["controls", trigger, 200, { outcome: "ignored" }],
    ];
    for (const [path, body, status, answer] of cases) {
      const response = await post(path, body);
      expect([response.status, await response.json()]).toEqual([
        status,
        expect.objectContaining(answer),
      ]);
    }
    await post("triggers", trigger);
    expect((await post("triggers", trigger)).status).toBe(409);
    expect((await fetch(`${url}deployments/${randomUUID()}`)).status).toBe(404);
    expect((await fetch(`${url}nothing`)).status).toBe(404);
  });

  test("takes an address as anybody may write it, and names none of its own files", async () => {
    const id = randomUUID();
    await post("triggers", await vendor.trigger(hosted, { id }));
    const status = async (path: string): Promise<number> => (await fetch(`${url}${path}`)).status;
    for (const limit of ["1.5", "-1", "1e300", "Infinity", "none", ""])
      for (const path of ["agents", `deployments/${id}/agents`, "audit"])
        expect([path, limit, await status(`${path}?limit=${limit}`)]).toEqual([path, limit, 200]);
    for (const path of [
      "agents?after=a&after=b",
      "agents?after=%00",
      `deployments/${id}/agents?state=sent&state=sent`,
      "deployments/%00",
      "events?deployment=a&deployment=b",
      "deployments/%ff",
    ]) {
      const answer = await fetch(`${url}${path}`);
      expect([path, answer.status, await answer.json()]).toEqual([
        path,
        400,
        { code: "BAD_REQUEST", message: expect.any(String) as string },
      ]);
    }
    await vendor.store.close();
    const asked = new TextEncoder().encode('{"token":"t","id":"a","key":"a"}');
    for (const answer of [await fetch(`${url}agents`), await post("enrolments", asked)]) {
      expect(answer.status).toBe(503);
      expect(await answer.text()).not.toContain(vendor.directory);
    }
  });

  test("serves a package whole, in ranges, and not at all if it did not change", async () => {
    verifies("step-88");
    const { sha256, size, path } = hosted.archives[0]!;
    const bytes = await readFile(path);
    const get = async (headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${url}packages/${sha256}.outrider`, { headers });
    const whole = await get();
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    expect(whole.headers.get("etag")).toBe(`"${sha256}"`);
    const middle = await get({ range: "bytes=10-19" });
    expect([middle.status, middle.headers.get("content-range")]).toEqual([
      206,
      `bytes 10-19/${size}`,
    ]);
    expect(Buffer.from(await middle.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    expect(
      Buffer.from(await (await get({ range: "bytes=-5" })).arrayBuffer()).equals(
        bytes.subarray(-5),
      ),
    ).toBe(true);
    const rest = await get({ range: `bytes=${size - 3}-`, "if-range": `"${sha256}"` });
    expect(Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(-3))).toBe(true);
    expect((await get({ range: "bytes=10-19", "if-range": '"other"' })).status).toBe(200);
    expect((await get({ range: `bytes=${size}-` })).status).toBe(416);
    expect((await get({ "if-none-match": `"${sha256}"` })).status).toBe(304);
    expect((await fetch(`${url}packages/${"0".repeat(64)}.outrider`)).status).toBe(404);
    expect((await fetch(`${url}packages/..%2f..%2fserver%2fstore.sqlite`)).status).toBe(404);
  });

  test("shows the signed catalog and the notifications that it lists", async () => {
    await vendor.enrol([{ id: "till-2", addresses: { http: true } }]);
    await post("triggers", await vendor.trigger(hosted));
    await expect
      .poll(async () => documentIn(await vendor.server.catalog(), "catalog/1").current.length)
      .toBe(1);
    const answer = await fetch(`${url}catalog.json`);
    const etag = answer.headers.get("etag") ?? "";
    const catalog = documentIn(new Uint8Array(await answer.arrayBuffer()), "catalog/1");
    expect((await fetch(`${url}catalog.json`, { headers: { "if-none-match": etag } })).status).toBe(
      304,
    );
    const listed = await fetch(`${url}notifications/${catalog.current[0]!.notification}.json`);
    const notification = documentIn(new Uint8Array(await listed.arrayBuffer()), "notification/1");
    expect(notification.sources[0]).toEqual({
      kind: "http",
      url: "http://packages.example/packages/",
    });
    expect((await fetch(`${url}notifications/${"0".repeat(64)}.json`)).status).toBe(404);
  });

  test("tells who watches what happens, as it happens", async () => {
    const id = randomUUID();
    const leaving = new AbortController();
    const answer = await fetch(`${url}events?deployment=${id}`, { signal: leaving.signal });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    await post("triggers", await vendor.trigger(hosted)); // another one's is left out
    await post("triggers", await vendor.trigger(hosted, { id }));
    let text = "";
    const decoder = new TextDecoder();
    for await (const piece of answer.body ?? []) {
      text += decoder.decode(piece, { stream: true });
      if (text.includes("event: sent")) break;
    }
    leaving.abort();
    const events = [...text.matchAll(/^event: (.*)\ndata: (.*)$/gm)];
    const names = events.map(([, name = ""]) => name);
    expect(names).toEqual(["message", "deployment", "job", "sent"]);
    for (const [, , data = "{}"] of events)
      expect(JSON.parse(data)).toMatchObject({ deployment: id });
  });

  test("lists agents, and registers one that has a token", async () => {
    const { testKey } = await import("../../../test/support/keys.ts");
    const { openEnrolment } = await import("../agents/enrolment.ts");
    const enrolment = openEnrolment(vendor.store.values, vendor.store.agents, {
      now: () => vendor.simulator.now,
    });
    const token = await enrolment.issue({ groups: ["tills"] });
    const key = testKey("till-2", { at: vendor.simulator.now }).trusted.packet;
    const enrol = async (body: object): Promise<Response> =>
      post("enrolments", new TextEncoder().encode(JSON.stringify(body)));
    const request = { token, id: "till-2", key, addresses: { http: true } };
    expect((await enrol({ id: "till-2" })).status).toBe(422);
    const answer = await enrol(request);
    expect([answer.status, await answer.json()]).toEqual([
      201,
      { id: "till-2", groups: ["tills"], addresses: { http: true } },
    ]);
    expect(await (await enrol(request)).json()).toMatchObject({ code: "TOKEN_INVALID" });
    const agents = (await (await fetch(`${url}agents?after=till-1`)).json()) as object[];
    expect(agents).toEqual([expect.objectContaining({ id: "till-2" })]);
  });

  test("its description has every route, and no other", async () => {
    const answer = (await (await fetch(`${url}openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    const described = Object.entries(answer.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    for (const route of described) {
      const [method = "", path = ""] = route.split(" ");
      const response = await fetch(`${url}${path.slice(1).replaceAll(/\{\w+\}/g, "x")}`, {
        method,
        ...(method === "POST" ? { body: "x" } : {}),
      });
      const isRouted =
        response.status !== 404 ||
        ((await response.json()) as { message: string }).message !== "There is no such route.";
      expect([route, isRouted]).toEqual([route, true]);
      await response.body?.cancel().catch(() => undefined);
    }
    const routes = join(import.meta.dirname, "routes");
    const files = (await readdir(routes)).filter((name) => !name.endsWith(".test.ts"));
    const sources = await Promise.all(files.map((name) => readFile(join(routes, name), "utf8")));
    const routed = [...sources.join("\n").matchAll(/"(\/[a-z][\w.:/-]*)"/g)].map(([, path = ""]) =>
      path.replaceAll(/:(\w+)/g, "{$1}"),
    );
    expect([...new Set(routed)].toSorted()).toEqual(Object.keys(answer.paths).toSorted());
  });

  test("tells its health and figures", async () => {
    expect(await (await fetch(`${url}healthz`)).json()).toEqual({ status: "ok" });
    const id = randomUUID();
    await post("triggers", await vendor.trigger(hosted, { id }));
    await post("triggers", new TextEncoder().encode("hello"));
    await expect.poll(() => vendor.email.deliveries.length).toBe(1);
    const figures = async (): Promise<string> => (await fetch(`${url}metrics`)).text();
    await expect
      .poll(figures)
      .toContain(`outrider_sent_total{transport="email",outcome="accepted"} 1`);
    const text = await figures();
    expect(text).toContain(
      `outrider_agents{deployment="${id}",package="demo-app",version="1.0.0",state="sent"} 1`,
    );
    expect(text).toContain(`outrider_deployments{state="running"} 1`);
    for (const verdict of ["accepted", "ignored"])
      expect(text).toContain(
        `outrider_messages_total{kind="trigger",via="http",verdict="${verdict}",code=""} 1`,
      );
    for (const line of [
      `outrider_message_seconds_count{kind="trigger",verdict="accepted"} 1`,
      `outrider_job_seconds_count{transport="email"} 1`,
      `outrider_steps_total{kind="waveStarted"} 1`,
      `outrider_http_request_seconds_count{method="POST",route="/triggers",status="202"} 1`,
      `outrider_ready{part="store"} 1`,
      `outrider_trust_version 1`,
      "nodejs_eventloop_lag_p99_seconds",
    ])
      expect(text).toContain(line);
    expect(text).not.toContain("till-1");
  });

  test("tells how much waits for each transport, and that nothing does any more", async () => {
    const figure = async (unit: string, state: string): Promise<string | undefined> => {
      const text = await (await fetch(`${url}metrics`)).text();
      return text.match(
        new RegExp(`^outrider_queue_${unit}{transport="email",state="${state}"} (.*)$`, "m"),
      )?.[1];
    };
    vendor.email.answer = () => "deferred";
    await post("triggers", await vendor.trigger(hosted, { id: randomUUID() }));
    await expect.poll(async () => figure("recipients", "planned")).toBe("1");
    expect([await figure("jobs", "planned"), await figure("jobs", "due")]).toEqual(["1", "0"]);
    vendor.simulator.now = new Date(vendor.simulator.now.getTime() + 3_600_000);
    vendor.email.answer = () => "accepted";
    await expect.poll(async () => figure("recipients", "planned")).toBe("0");
  });

  test("is ready, and says which part is not: a store that is closed, a trust document that is past", async () => {
    const ready = await fetch(`${url}readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: "ready", checks: { store: "ok", host: "ok", trust: "ok" } },
    ]);
    vendor.simulator.pass(100_000);
    await vendor.store.close();
    const unready = await fetch(`${url}readyz`);
    expect([unready.status, await unready.json()]).toEqual([
      503,
      { status: "unready", checks: { store: "STORE_FAILED", host: "ok", trust: "TRUST_EXPIRED" } },
    ]);
  });

  test("a busy port is a clear error, and nothing is left running", async () => {
    const { port } = new URL(url);
    const second = createServer({ ...optionsOf(vendor), listen: { port: Number(port) } });
    await expect(second.start()).rejects.toMatchObject({ code: "PORT_BUSY" });
    await second.close();
  });

  test("ends at once while somebody is connected", async () => {
    const { port } = new URL(url);
    const { connect } = await import("node:net");
    const socket = connect(Number(port), "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.write("GET /healthz HTTP/1.1\r\n"); // never finishes
    socket.on("error", () => undefined);
    await vendor.server.close(); // it never would, if it waited for the rest of that request
    const free = createTcpServer();
    await new Promise<void>((resolve) => free.listen(Number(port), "127.0.0.1", resolve));
    await new Promise((resolve) => free.close(resolve));
    socket.destroy();
  });
});

describe("with a token", () => {
  const token = "a-token-of-some-length";
  beforeEach(() => open({ listen: { port: 0, token } }));
  afterEach(() => vendor.close());

  test("people show it, agents need not", async () => {
    for (const path of ["deployments", "audit", "metrics", `deployments/${randomUUID()}`]) {
      expect((await fetch(`${url}${path}`)).status).toBe(401);
      expect(
        (await fetch(`${url}${path}`, { headers: { authorization: "Bearer wrong" } })).status,
      ).toBe(401);
      const shown = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      expect(shown.status).not.toBe(401);
    }
    expect((await fetch(`${url}healthz`)).status).toBe(200);
    expect((await fetch(`${url}catalog.json`)).status).toBe(200);
    expect((await post("triggers", await vendor.trigger(hosted))).status).toBe(202);
  });
});

test("beyond loopback it does not start without a token", async () => {
  vendor = await Vendor.open({ listen: { host: "0.0.0.0", port: 0 } });
  await expect(vendor.server.start()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  await vendor.close();
});

function optionsOf({
  trust,
  simulator,
  store,
  host,
  directory,
}: Vendor): Parameters<typeof createServer>[0] {
  return {
    trust,
    key: simulator.signers.server[0]!.source,
    store,
    packages: host,
    transports: [],
    dataDirectory: `${directory}/second`,
  };
}

test("a webhook fires; an unknown one is answered like a wrong secret", async () => {
  const called: string[] = [];
  const hook = {
    name: "forge",
    handle: async ({
      body,
      headers,
    }: {
      body: Uint8Array;
      headers: Readonly<Record<string, unknown>>;
    }) => {
      called.push(new TextDecoder().decode(body));
      return {
        status: headers["authorization"] === "Bearer good" ? (202 as const) : (401 as const),
      };
    },
  };
  await open({ listen: { port: 0, hooks: [hook] } });
  const call = async (name: string, secret: string): Promise<number> =>
    (
      await fetch(`${url}hooks/${name}`, {
        method: "POST",
        body: "posted",
        headers: { authorization: `Bearer ${secret}` },
      })
    ).status;
  expect([
    await call("forge", "good"),
    await call("forge", "bad"),
    await call("other", "good"),
  ]).toEqual([202, 401, 401]);
  expect(called).toEqual(["posted", "posted"]);
  await vendor.close();
});
