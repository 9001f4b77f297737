/** Until when a deployment waits, as a client tells it from what its server shows. */
import { describe, expect, test } from "vitest";
import { countsOf } from "../ledger/index.ts";
import type { ShownDeployment } from "./reading.ts";
import { sendsFrom } from "./waiting.ts";

const now = new Date("2026-11-22T12:00:00Z"); // a Sunday

/** @param deployment what its server says of it, well or ill formed */
function shown(deployment: object, changes: Partial<ShownDeployment> = {}): ShownDeployment {
  const wave = { state: "waiting", forgiven: 0, counts: countsOf({ planned: 1 }) } as const;
  return {
    state: "running",
    reason: "",
    waves: [wave],
    deployment: Object.assign(
      { windows: [] },
      deployment,
    ) as unknown as ShownDeployment["deployment"],
    ...changes,
  };
}

describe("it waits", () => {
  test.each([
    ["for nothing", {}, undefined],
    ["for a time", { notBefore: "2099-12-24T20:00:00Z" }, "2099-12-24T20:00:00.000Z"],
    ["for a time that is over", { notBefore: "2026-11-22T11:00:00Z" }, undefined],
    [
      "for a window after that time",
      { notBefore: "2026-11-23T09:00:00Z", windows: [{ from: "08:59", to: "09:00" }] },
      "2026-11-24T08:59:00.000Z",
    ],
    [
      "for the first of two windows, in their time zones",
      {
        windows: [
          { from: "22:00", to: "04:00", days: ["sat"] },
          { from: "22:30", to: "23:10", days: ["fri"], timeZone: "Europe/Berlin" },
        ],
      },
      "2026-11-27T21:30:00.000Z",
    ],
  ])("%s", (_name, deployment, opens) => {
    expect(sendsFrom(shown(deployment), now)?.toISOString()).toBe(opens);
  });
});

test("nobody waits for what is over, paused, or sent", () => {
  const later = { notBefore: "2099-12-24T20:00:00Z" };
  for (const state of ["paused", "finished", "halted"] as const)
    expect(sendsFrom(shown(later, { state }), now)).toBeUndefined();
  const waves = [{ state: "running", forgiven: 0, counts: countsOf({ sent: 1 }) } as const];
  expect(sendsFrom(shown(later, { waves }), now)).toBeUndefined();
});

test.each([
  { windows: "always" },
  { windows: [{ from: "99:00", to: "00:00" }] },
  { windows: [{ from: "x", to: "y" }] },
  { windows: [{ from: "00:00", to: "01:00", timeZone: "Nowhere" }], notBefore: "soon" },
])("E2 a server's nonsense ends: %j", (deployment) => {
  expect(sendsFrom(shown(deployment), now)).toBeUndefined();
});
