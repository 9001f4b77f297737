import { expect, test, vi } from "vitest";
import { runHook } from "./hooks.ts";
import { placementOf } from "./placement.ts";
import type { ProgramRunner } from "./program.ts";

const afterInstall = { argv: ["node", "after.mjs"] };
const placement = placementOf(
  { name: "demo-app", version: "2.0.0", manifest: "a".repeat(64) },
  { strategy: "directory", hooks: { afterInstall } },
  "/install",
);
const { signal } = new AbortController();

function ending(outcome: "done" | "failed" | "later") {
  const run = vi.fn<ProgramRunner["run"]>(async () => ({ outcome, exitCode: 0, detail: "why" }));
  return { programs: { run }, directory: "/install/demo-app/current", signal };
}

test.each([
  ["failed", "HOOK_FAILED"],
  ["later", "DEFERRED"],
] as const)("a hook that ends as %s: %s", async (outcome, code) => {
  await expect(runHook("afterInstall", placement, ending(outcome))).rejects.toMatchObject({ code });
});

test("a hook is told of which release it is, and one that is not there is not run", async () => {
  const by = ending("done");
  await runHook("beforeInstall", placement, by);
  expect(by.programs.run).not.toHaveBeenCalled();
  await runHook("afterInstall", placement, by);
  const environment = { OUTRIDER_PACKAGE: "demo-app", OUTRIDER_VERSION: "2.0.0" };
  const { directory } = by;
  expect(by.programs.run.mock.calls).toEqual([[afterInstall, { directory, environment, signal }]]);
});
