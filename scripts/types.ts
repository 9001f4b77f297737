/** Type-checks every folder, tests included, with the compiler options that folder has. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";

const compiler = join(import.meta.dirname, "../node_modules/typescript/bin/tsc");

const failed = [
  ".",
  "sdk",
  "samples",
  "extension",
  "extension/src/dashboard",
  "extension/src/form",
  "bench",
].filter(
  (folder) =>
    spawnSync(process.execPath, [compiler, "-p", folder], { stdio: "inherit" }).status !== 0,
);
process.exitCode = failed.length === 0 ? 0 : 1;
