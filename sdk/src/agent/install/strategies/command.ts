/**
 * Strategy `command`: an installer in the package does the work, run in the folder where the verified files lie. What
 * it changed only it knows, so there is no way back by itself: it is told by its exit codes, and a failed health check
 * after it is reported as a failure. Killed meanwhile it is run again: installers must stand that.
 */
import { OutriderError } from "../../../errors/index.ts";
import type { Command, Install } from "../../../schema/index.ts";
import type { Deployer, Placement } from "../deployer.ts";
import { programEnvironment } from "../hooks.ts";
import type { ProgramRunner } from "../program.ts";

/** An installer may take longer than a check. */
const defaultTimeoutSeconds = 3600;
const exitLater = 21;

/** @param programs runs the installer. */
export function commandStrategy(programs: ProgramRunner): Deployer {
  return {
    directoryOf: ({ stagingDirectory }) => stagingDirectory,
    stage: () => Promise.resolve(undefined),
    async activate(placement, { signal }) {
      const command = commandOf(placement);
      const { exitCode, detail } = await programs.run(
        { timeoutSeconds: defaultTimeoutSeconds, ...command },
        {
          directory: placement.stagingDirectory,
          environment: programEnvironment(placement),
          signal,
        },
      );
      const meaning = meaningOf(placement.install, exitCode);
      if (meaning === "later")
        throw new OutriderError(
          "DEFERRED",
          `The installer of ${placement.name} asks to be run later.`,
        );
      if (meaning === "failed")
        throw new OutriderError(
          "DEPLOY_FAILED",
          `The installer of ${placement.name} failed: ${detail}.`,
        );
      return meaning;
    },
    restore: () => Promise.resolve(),
    finish: () => Promise.resolve(),
  };
}

/** The manifest's own table first; then 0 done, 21 later, all else failed. */
function meaningOf(
  { exitCodes }: Install,
  exitCode: number,
): "done" | "failed" | "later" | "restart" {
  const named = exitCodes?.[String(exitCode)];
  if (named !== undefined) return named;
  if (exitCode === 0) return "done";
  return exitCode === exitLater ? "later" : "failed";
}

function commandOf({ name, install }: Placement): Command {
  if (install.command === undefined)
    throw new OutriderError(
      "DEPLOY_FAILED",
      `The manifest of ${name} names no command for the strategy "command".`,
    );
  return install.command;
}
