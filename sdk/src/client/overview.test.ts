/** What is shown of a deployment stays true while it goes on, in whatever order the news come. */
import { expect, test } from "vitest";
import type { LedgerRow, LedgerState } from "../ledger/index.ts";
import type { LiveEvent } from "./live.ts";
import { DeploymentView } from "./overview.ts";
import type { ShownDeployment } from "./reading.ts";

const shown = { deployment: { id: "d" }, state: "running", reason: "", waves: [] };

function row(agent: string, transport: string, state: LedgerState, more: object = {}): LedgerRow {
  const changedAt = "2026-11-22T12:00:00Z";
  return { agent, wave: 0, transport, address: "", state, detail: "", changedAt, ...more };
}

function viewOf(...rows: LedgerRow[]): DeploymentView {
  return new DeploymentView(shown as unknown as ShownDeployment, rows, []);
}

const sent = (agents: readonly string[], outcome = "accepted"): LiveEvent =>
  ({
    event: "sent",
    at: "2026-11-22T12:01:00Z",
    deployment: "d",
    wave: 0,
    transport: "email",
    agents,
    outcome,
    detail: "550 no such user",
  }) as LiveEvent;

const receipt = (agent: string, state: LedgerState, said: object = {}): LiveEvent => ({
  event: "receipt",
  at: "2026-11-22T12:02:00Z",
  deployment: "d",
  agent,
  state,
  receipt: JSON.stringify(said),
});

test("a funnel per transport counts everybody once, and each step those of the next", () => {
  const { transports } = viewOf(
    row("a", "email", "planned"),
    row("b", "email", "sent"),
    row("c", "email", "received"),
    row("d", "email", "installed"),
    row("e", "email", "failed"),
    row("f", "unc", "noAnswer"),
  ).overview;
  expect(transports).toEqual([
    { transport: "email", planned: 5, sent: 4, received: 2, installed: 1, lost: 1 },
    { transport: "unc", planned: 1, sent: 1, received: 0, installed: 0, lost: 1 },
  ]);
});

test("failures by the receipt's code, by the carrier's words, by silence", () => {
  const { failures } = viewOf(
    row("a", "email", "failed", { receipt: '{"code":"HEALTH_FAILED"}' }),
    row("b", "email", "rolledBack", { receipt: '{"code":"HEALTH_FAILED"}' }),
    row("c", "email", "failed", { detail: "550 no such user" }),
    row("d", "unc", "noAnswer"),
    row("e", "unc", "installed"),
  ).overview;
  expect(failures).toEqual([
    { code: "HEALTH_FAILED", count: 2, agents: ["a", "b"] },
    { code: "550 no such user", count: 1, agents: ["c"] },
    { code: "NO_ANSWER", count: 1, agents: ["d"] },
  ]);
});

test("what happens is applied; a late `sent` takes nothing back, other deployments are others", () => {
  const view = viewOf(row("a", "email", "planned"), row("b", "email", "planned"));
  expect(view.apply(sent(["a"]))).toBe(true);
  expect(view.apply(receipt("b", "installed", { bytes: 7, before: "1.0.0" }))).toBe(true);
  expect(view.apply(sent(["b", "a"]))).toBe(false);
  expect(view.apply(sent(["a"], "deferred"))).toBe(false);
  expect(view.apply({ ...sent(["a"]), deployment: "other" } as LiveEvent)).toBe(false);
  expect(view.apply(receipt("stranger", "installed"))).toBe(false);
  expect(view.apply({ event: "connected" })).toBe(false);
  const { transports, receipts } = view.overview;
  expect(transports).toEqual([
    { transport: "email", planned: 2, sent: 2, received: 1, installed: 1, lost: 0 },
  ]);
  expect(receipts).toEqual([
    { agent: "b", state: "installed", at: "2026-11-22T12:02:00Z", bytes: 7, before: "1.0.0" },
  ]);
});

test("steps of the deployment come first; a receipt that is none is shown as nothing", () => {
  const view = viewOf(row("a", "email", "failed", { receipt: "no json", detail: "x" }));
  const step = { deployment: "d", at: "2026-11-22T12:03:00Z", reason: "2 % failed" } as const;
  expect(view.apply({ event: "deployment", kind: "paused", ...step })).toBe(true);
  expect(view.overview.events).toEqual([{ kind: "paused", ...step }]);
  expect(view.overview.failures).toEqual([{ code: "x", count: 1, agents: ["a"] }]);
});

test("one wave alone, and those whom it did not reach", () => {
  const view = viewOf(
    row("b", "email", "failed", { wave: 1, detail: "550 no such user" }),
    row("a", "email", "noAnswer", { wave: 1 }),
    row("c", "email", "installed"),
  );
  expect(view.wave(0).transports).toMatchObject([{ planned: 1, installed: 1 }]);
  expect(view.wave(1).failures.map(({ code }) => code)).toEqual(["550 no such user", "NO_ANSWER"]);
  expect(view.lost().map(({ agent }) => agent)).toEqual(["a", "b"]);
  expect(view.lost("NO_ANSWER")).toEqual([
    { agent: "a", code: "NO_ANSWER", at: "2026-11-22T12:00:00Z" },
  ]);
});

test("silence past the deadline is a failure as soon as it is told, of the wave and the time that it names", () => {
  const view = viewOf(
    row("a", "unc", "sent"),
    row("b", "unc", "sent", { changedAt: "2026-11-22T12:04:00Z" }),
    row("c", "unc", "sent", { wave: 1 }),
    row("d", "unc", "installed"),
  );
  const silence = { event: "deployment", kind: "silence", deployment: "d", reason: "" } as const;
  const [at, before] = ["2026-11-22T12:05:00Z", "2026-11-22T12:03:00Z"];
  expect(view.apply({ ...silence, at, before, wave: 0 })).toBe(true);
  expect(view.lost()).toEqual([{ agent: "a", code: "NO_ANSWER", at }]);
});

test("what has expired is silent everywhere, and what was never sent has failed", () => {
  const view = viewOf(
    row("a", "unc", "sent"),
    row("b", "unc", "planned", { wave: 1 }),
    row("c", "unc", "installed"),
  );
  const expired = { event: "deployment", kind: "expired", deployment: "d", reason: "" } as const;
  view.apply({ ...expired, at: "2026-11-22T12:05:00Z" });
  expect(view.lost().map(({ agent }) => agent)).toEqual(["a", "b"]);
});
