/** What people read, and how an agent gets onto the list. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testKey } from "../../../../test/support/keys.ts";
import { servedVendor, type ServedVendor } from "../../../../test/support/served-vendor.ts";
import { readDeployment, readDeployments, serverClient } from "../../../client/index.ts";
import { createControl } from "../../../trigger/index.ts";
import { openEnrolment } from "../../agents/enrolment.ts";

let ground: ServedVendor;
beforeEach(async () => {
  ground = await servedVendor();
});
afterEach(() => ground.vendor.close());

test("shows what the audit log says of a deployment, the latest first", async () => {
  const id = randomUUID();
  await ground.post("triggers", await ground.vendor.trigger(ground.hosted, { id }));
  await ground.post("triggers", await ground.vendor.trigger(ground.hosted));
  await ground.post("receipts", await ground.vendor.receipt("till-1", id, "installed"));
  const read = async (query: string): Promise<object[]> =>
    (await (await fetch(`${ground.url}audit?${query}`)).json()) as object[];
  expect(await read(`deployment=${id}`)).toMatchObject([
    { number: 3, kind: "receipt", verdict: "accepted", deployment: id },
    { number: 1, kind: "trigger", verdict: "accepted", deployment: id },
  ]);
  expect(await read("limit=1")).toMatchObject([{ number: 3 }]);
  expect(await read("deployment=nobody&limit=none")).toEqual([]);
});

test("no wave runs, or waits, in a deployment that does not go on", async () => {
  const { hosted, vendor } = ground;
  await vendor.enrol([{ id: "till-1" }, { id: "till-2" }]);
  const id = randomUUID();
  const rollout = { waves: [{ share: 50 }, { share: 100 }] };
  await ground.post("triggers", await vendor.trigger(hosted, { id, rollout }));
  await vendor.server.settle();
  const order = async (action: "pause" | "halt" | "recall"): Promise<void> => {
    const bytes = await createControl({
      deployment: id,
      action,
      reason: "a broken cable",
      ...(action === "recall" ? { manifest: hosted.manifestSha256 } : {}),
      keys: vendor.simulator.signers.push.map(({ source }) => source),
      clock: { now: () => vendor.simulator.now },
    });
    expect(await (await ground.post("controls", bytes)).json()).toMatchObject({
      outcome: "accepted",
    });
  };
  const standings = async (): Promise<string[][]> => {
    const client = serverClient({ url: ground.url });
    const all = [await readDeployment(client, id), ...(await readDeployments(client))];
    return all.map(({ state, waves }) => [state, ...waves.map((wave) => wave.state)]);
  };
  const twice = (...states: string[]): string[][] => [states, states];
  expect(await standings()).toEqual(twice("running", "running", "waiting"));
  await order("pause");
  expect(await standings()).toEqual(twice("paused", "paused", "waiting"));
  await order("halt");
  expect(await standings()).toEqual(twice("halted", "halted", "cancelled"));
  await order("recall");
  expect(await standings()).toEqual(twice("halted", "recalled", "cancelled"));
});

test("lists agents, and registers one that has a token", async () => {
  const enrolment = openEnrolment(ground.vendor.store.values, ground.vendor.store.agents, {
    now: () => ground.vendor.simulator.now,
  });
  const token = await enrolment.issue({ groups: ["tills"] });
  const key = testKey("till-2", { at: ground.vendor.simulator.now }).trusted.packet;
  const enrol = async (body: object): Promise<Response> =>
    ground.post("enrolments", new TextEncoder().encode(JSON.stringify(body)));
  const request = { token, id: "till-2", key, addresses: { http: true } };
  expect((await enrol({ id: "till-2" })).status).toBe(422);
  const answer = await enrol(request);
  expect([answer.status, await answer.json()]).toEqual([
    201,
    { id: "till-2", groups: ["tills"], addresses: { http: true } },
  ]);
  expect(await (await enrol(request)).json()).toMatchObject({ code: "TOKEN_INVALID" });
  const agents = (await (await fetch(`${ground.url}agents?after=till-1`)).json()) as object[];
  expect(agents).toEqual([expect.objectContaining({ id: "till-2" })]);
});
