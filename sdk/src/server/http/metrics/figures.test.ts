/** Health, readiness and figures, as those read them who look after a server. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { servedVendor, type ServedVendor } from "../../../../test/support/served-vendor.ts";

let ground: ServedVendor;
beforeEach(async () => {
  ground = await servedVendor();
});
afterEach(() => ground.vendor.close());

test("tells its health and figures", async () => {
  expect(await (await fetch(`${ground.url}healthz`)).json()).toEqual({ status: "ok" });
  const id = randomUUID();
  await ground.post("triggers", await ground.vendor.trigger(ground.hosted, { id }));
  await ground.post("triggers", new TextEncoder().encode("hello"));
  await expect.poll(() => ground.vendor.email.deliveries.length).toBe(1);
  const figures = async (): Promise<string> => (await fetch(`${ground.url}metrics`)).text();
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
    const text = await (await fetch(`${ground.url}metrics`)).text();
    return text.match(
      new RegExp(`^outrider_queue_${unit}{transport="email",state="${state}"} (.*)$`, "m"),
    )?.[1];
  };
  ground.vendor.email.answer = () => "deferred";
  await ground.post("triggers", await ground.vendor.trigger(ground.hosted, { id: randomUUID() }));
  await expect.poll(() => ground.vendor.email.deliveries.length).toBe(1);
  await expect.poll(async () => figure("jobs", "due")).toBe("0"); // once it is booked
  expect([await figure("recipients", "planned"), await figure("jobs", "planned")]).toEqual([
    "1",
    "1",
  ]);
  ground.vendor.simulator.now = new Date(ground.vendor.simulator.now.getTime() + 3_600_000);
  ground.vendor.email.answer = () => "accepted";
  await expect.poll(async () => figure("recipients", "planned")).toBe("0");
});

test("is ready, and says which part is not: a store that is closed, a trust document that is past", async () => {
  const ready = await fetch(`${ground.url}readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: "ready", checks: { store: "ok", host: "ok", trust: "ok" } },
  ]);
  ground.vendor.simulator.pass(100_000);
  await ground.vendor.store.close();
  const unready = await fetch(`${ground.url}readyz`);
  expect([unready.status, await unready.json()]).toEqual([
    503,
    { status: "unready", checks: { store: "STORE_FAILED", host: "ok", trust: "TRUST_EXPIRED" } },
  ]);
});
