/** Which strategy puts a release in place. */
import { OutriderError } from "../../../errors/index.ts";
import type { FileSystem } from "../../../ports/index.ts";
import type { Install } from "../../../schema/index.ts";
import type { Deployer } from "../deployer.ts";
import type { ProgramRunner } from "../program.ts";
import { commandStrategy } from "./command.ts";
import { directoryStrategy } from "./directory.ts";
import { filesStrategy } from "./files.ts";

/** The Deployer that the manifest asks for. @throws DEPLOY_FAILED where this agent has none */
export function chooseStrategy(
  install: Install,
  by: {
    readonly fileSystem: FileSystem;
    readonly programs: ProgramRunner;
    readonly vendor: Deployer | undefined;
  },
): Deployer {
  const { strategy } = install;
  if (strategy === "directory") return directoryStrategy(by.fileSystem);
  if (strategy === "files") return filesStrategy(by.fileSystem);
  if (strategy === "command") return commandStrategy(by.programs);
  if (by.vendor !== undefined) return by.vendor;
  throw new OutriderError(
    "DEPLOY_FAILED",
    "The manifest leaves installing to the product, and the product gave this agent no deployer.",
  );
}
