/** Which strategy puts a release in place. */
import { OutriderError } from "../../errors/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import type { Install } from "../../schema/index.ts";
import type { Deployer } from "../deployer.ts";
import { directoryStrategy } from "./directory.ts";

/** The Deployer that the manifest asks for. @throws DEPLOY_FAILED where this agent has none */
export function chooseStrategy(
  install: Install,
  fileSystem: FileSystem,
  vendor: Deployer | undefined,
): Deployer {
  if (install.strategy === "directory") return directoryStrategy(fileSystem);
  if (install.strategy === "vendor" && vendor !== undefined) return vendor;
  throw new OutriderError(
    "DEPLOY_FAILED",
    `The manifest asks for the strategy "${install.strategy}", and this agent has no such strategy.`,
  );
}
