/**
 * Hooks: programs of the package around the switch. Off unless the product's policy allows them (THREATS A2); run
 * without a shell; after a kill they are run again, so they must stand that.
 */
import { OutriderError } from "../../errors/index.ts";
import type { ReleaseFacts } from "../memory/release.ts";
import type { AgentPolicy } from "../policy.ts";
import type { Placement } from "./deployer.ts";
import type { ProgramRunner } from "./program.ts";

/** @throws HOOK_FAILED where the package has hooks and the policy does not allow them */
export function checkHooksAllowed({ name, install }: ReleaseFacts, policy: AgentPolicy): void {
  if (install.hooks === undefined || policy.allowHooks === true) return;
  throw new OutriderError(
    "HOOK_FAILED",
    `${name} has hooks, and this agent's policy does not allow hooks.`,
  );
}

/** Runs a hook, if there is one. @throws HOOK_FAILED; DEFERRED where it asks to be run later (exit code 21) */
export async function runHook(
  hook: "beforeInstall" | "afterInstall",
  placement: Placement,
  by: {
    readonly programs: ProgramRunner;
    readonly directory: string;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const command = placement.install.hooks?.[hook];
  if (command === undefined) return;
  const { directory, signal } = by;
  const { outcome, detail } = await by.programs.run(command, {
    directory,
    environment: programEnvironment(placement),
    signal,
  });
  if (outcome === "later")
    throw new OutriderError(
      "DEFERRED",
      `The hook ${hook} of ${placement.name} asks to be run later.`,
    );
  if (outcome === "failed")
    throw new OutriderError(
      "HOOK_FAILED",
      `The hook ${hook} of ${placement.name} failed: ${detail}.`,
    );
}

/** What programs of a package are told. */
export function programEnvironment({ name, version }: Placement): Readonly<Record<string, string>> {
  return { OUTRIDER_PACKAGE: name, OUTRIDER_VERSION: version };
}
