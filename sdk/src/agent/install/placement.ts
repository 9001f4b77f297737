/** Where a release lies below the install directory. */
import { join } from "node:path";
import type { Install, PackageReference } from "../../schema/index.ts";
import type { Placement } from "./deployer.ts";

/** Where a release goes. */
export function placementOf(
  release: PackageReference,
  install: Install,
  installDirectory: string,
): Placement {
  const packageDirectory = join(installDirectory, release.name);
  return {
    name: release.name,
    version: release.version,
    digest: release.manifest,
    install,
    packageDirectory,
    stagingDirectory: join(packageDirectory, "staging", release.manifest.slice(0, 8)),
  };
}
