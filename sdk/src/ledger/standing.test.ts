import { expect, test } from "vitest";
import { standingOf } from "./standing.ts";

test.each([
  ["running", "finished", "running", "waiting"],
  ["waiting", "finished", "running", "waiting"],
  ["paused", "finished", "paused", "waiting"],
  ["halted", "finished", "halted", "cancelled"],
  ["recalled", "finished", "recalled", "cancelled"],
] as const)("in a deployment that is %s", (deployment, finished, running, waiting) => {
  const standings = (["finished", "running", "waiting"] as const).map((wave) =>
    standingOf(wave, deployment),
  );
  expect(standings).toEqual([finished, running, waiting]);
});
