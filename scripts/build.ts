/** Builds what is published, each package in a clean dist folder: first the SDK, then its users. */

import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";

const project = join(import.meta.dirname, "..");

const builds = [
  { folder: "sdk", argv: ["../node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"] },
  { folder: "extension", argv: ["build.ts"] },
];

for (const { folder, argv } of builds) {
  const cwd = join(project, folder);
  rmSync(join(cwd, "dist"), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, argv, { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(1);
}
