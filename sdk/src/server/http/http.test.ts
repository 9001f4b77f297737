/** Messages by HTTP, their answers, and the description of all routes. */
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { servedVendor, type ServedVendor } from "../../../test/support/served-vendor.ts";
import { verifies } from "../../../test/support/verifies.ts";

let ground: ServedVendor;
beforeEach(async () => {
  ground = await servedVendor();
});
afterEach(() => ground.vendor.close());

test("takes a trigger, sends it by itself, takes the receipt, and shows where it stands", async () => {
  verifies("ways-in", "receipt");
  const id = randomUUID();
  const accepted = await ground.post(
    "triggers",
    await ground.vendor.trigger(ground.hosted, { id }),
  );
  expect(accepted.status).toBe(202);
  expect(await accepted.json()).toEqual({ outcome: "accepted", id, deployment: id });
  await expect.poll(() => ground.vendor.email.deliveries.length).toBe(1);
  expect(
    (await ground.post("receipts", await ground.vendor.receipt("till-1", id, "installed"))).status,
  ).toBe(202);
  await expect
    .poll(async () => (await (await fetch(`${ground.url}deployments/${id}`)).json()) as object)
    .toMatchObject({ state: "finished", deployment: { packageName: "demo-app" } });
  const agents = (await (await fetch(`${ground.url}deployments/${id}/agents`)).json()) as {
    receipt: string;
  }[];
  expect(JSON.parse(agents[0]!.receipt)).toMatchObject({ agent: "till-1", outcome: "installed" });
  const events = (await (await fetch(`${ground.url}deployments/${id}/events`)).json()) as {
    kind: string;
  }[];
  expect(events.map(({ kind }) => kind)).toEqual([
    "waveStarted",
    "waveReached",
    "waveFinished",
    "finished",
  ]);
});

test("answers a refusal with its code and a status that fits", async () => {
  const trigger = await ground.vendor.trigger(ground.hosted);
  const cases: [string, Uint8Array, number, object][] = [
    ["triggers", new TextEncoder().encode("hello"), 200, { outcome: "ignored" }],
    [
      "triggers",
      await ground.vendor.trigger(ground.hosted, { audience: { groups: ["nobody"] } }),
      422,
      { code: "AUDIENCE_UNKNOWN" },
    ],
    [
      "triggers",
      await ground.vendor.trigger(ground.hosted, { contentsSha512: new Uint8Array(64) }),
      403,
      { code: "BINDING_MISMATCH" },
    ],
    ["triggers", new Uint8Array(70_000), 413, { code: "DOCUMENT_TOO_LARGE" }],
    ["receipts", trigger, 200, { outcome: "ignored" }],
    ["controls", trigger, 200, { outcome: "ignored" }],
  ];
  for (const [path, body, status, answer] of cases) {
    const response = await ground.post(path, body);
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining(answer),
    ]);
  }
  await ground.post("triggers", trigger);
  expect((await ground.post("triggers", trigger)).status).toBe(409);
  expect((await fetch(`${ground.url}deployments/${randomUUID()}`)).status).toBe(404);
  expect((await fetch(`${ground.url}nothing`)).status).toBe(404);
});

test("takes an address as anybody may write it, and names none of its own files", async () => {
  const id = randomUUID();
  await ground.post("triggers", await ground.vendor.trigger(ground.hosted, { id }));
  const status = async (path: string): Promise<number> =>
    (await fetch(`${ground.url}${path}`)).status;
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
    const answer = await fetch(`${ground.url}${path}`);
    expect([path, answer.status, await answer.json()]).toEqual([
      path,
      400,
      { code: "BAD_REQUEST", message: expect.any(String) as string },
    ]);
  }
  await ground.vendor.store.close();
  const asked = new TextEncoder().encode('{"token":"t","id":"a","key":"a"}');
  for (const answer of [
    await fetch(`${ground.url}agents`),
    await ground.post("enrolments", asked),
  ]) {
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain(ground.vendor.directory);
  }
});

test("its description has every route, and no other", async () => {
  const answer = (await (await fetch(`${ground.url}openapi.json`)).json()) as {
    paths: Record<string, object>;
  };
  const described = Object.entries(answer.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  for (const route of described) {
    const [method = "", path = ""] = route.split(" ");
    const response = await fetch(`${ground.url}${path.slice(1).replaceAll(/\{\w+\}/g, "x")}`, {
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
      if (headers["authorization"] === "Bearer good")
        return { status: 202, outcome: "accepted" } as const;
      const isOld = headers["authorization"] === "Bearer old";
      return { status: 401, verdict: isOld ? "stale" : "foreign" } as const;
    },
  };
  const other = await servedVendor({ listen: { port: 0, hooks: [hook] } });
  const call = async (name: string, secret: string): Promise<unknown> => {
    const answer = await fetch(`${other.url}hooks/${name}`, {
      method: "POST",
      body: "posted",
      headers: { authorization: `Bearer ${secret}` },
    });
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  const refused = { status: 401, code: "HOOK_REFUSED", message: "The webhook's secret is wrong." };
  expect(await call("forge", "good")).toEqual({ status: 202, outcome: "accepted" });
  expect(await call("forge", "bad")).toEqual(refused);
  expect(await call("other", "good")).toEqual(refused);
  expect(await call("forge", "old")).toMatchObject({ status: 401, code: "HOOK_STALE" });
  expect(called).toEqual(["posted", "posted", "posted"]);
  await other.vendor.close();
});
