import { expect, test } from "vitest";
import type { JournalRecord } from "../memory/journal.ts";
import type { WayBack } from "../memory/release.ts";
import type { Deployer } from "./deployer.ts";
import { wayBackOf } from "./way-back.ts";

const record = {
  package: { name: "demo-app", version: "3.0.0", manifest: "3".repeat(64) },
  release: { name: "demo-app", version: "3.0.0" },
  undo: "versions/2.0.0-22222222",
  deployment: "d",
  notification: "n",
  transport: "unc",
} as unknown as JournalRecord;
const keeping = { keepsBefore: true } as Deployer;
const { release, undo, deployment, notification, transport } = record as Required<JournalRecord>;
const older: WayBack = {
  to: { version: "1.0.0" },
  undo: "x",
  release,
  deployment,
  notification,
  transport,
};
const before = { version: "2.0.0", manifest: "2".repeat(64) };

test("leads to the release before, and no further", () => {
  expect(wayBackOf(record, keeping, { ...before, back: older })).toEqual({
    to: before,
    undo,
    release,
    deployment,
    notification,
    transport,
  });
});

test("is what it was where the commit is done again after a kill", () => {
  const booked = { version: "3.0.0", manifest: "3".repeat(64), back: older };
  expect(wayBackOf(record, keeping, booked)).toBe(older);
});

test.each([
  ["the strategy keeps nothing", record, {} as Deployer, before],
  ["nothing was installed", record, keeping, undefined],
  ["nothing ran before", { ...record, undo: "" }, keeping, before],
])("is none where %s", (_, from, deployer, installed) => {
  expect(wayBackOf(from, deployer, installed)).toBeUndefined();
});
