/** The table of events, as the figure of a deployment's life reads. */
import { expect, test } from "vitest";
import { announcementOf, eventRules } from "./events.ts";
import type { DeploymentEvent } from "./records.ts";
import { ledgerStates } from "./states.ts";

test("an event has at most one thing that may not fit, so that nothing is half done", () => {
  for (const { wave, rows } of Object.values(eventRules))
    expect([wave, rows?.of === "silent"].filter(Boolean).length).toBeLessThan(2);
});

test("of what is over nothing but a recall changes the state", () => {
  const changing = Object.entries(eventRules).filter(
    ([, { becomes, fits }]) => becomes !== undefined && fits.includes("finished"),
  );
  expect(changing.map(([kind]) => kind)).toEqual(["recalled"]);
});

test("what expires leaves nobody without an end", () => {
  const { rows } = eventRules.expired;
  const open = ["planned", "sent", "received"];
  expect(rows?.moves.map(({ from }) => from)).toEqual(open);
  for (const { to } of rows?.moves ?? []) expect(open).not.toContain(to);
});

test("of a recall everybody who was written to is told, of a pause those who may still act", () => {
  const event: DeploymentEvent = {
    deployment: "d",
    at: "2026-11-22T12:00:00Z",
    kind: "recalled",
    reason: "bad",
    control: "c",
    tellBy: ["email"],
  };
  const told = ledgerStates.filter((state) => state !== "planned");
  expect(announcementOf(event)?.states.toSorted()).toEqual(told.toSorted());
  expect(announcementOf({ ...event, kind: "paused" })).toEqual({
    control: "c",
    transports: ["email"],
    states: ["sent", "received", "noAnswer"],
  });
  const { tellBy: _, ...untold } = event;
  expect(announcementOf(untold)).toBeUndefined();
});
