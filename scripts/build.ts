/** Builds what is published, each package in a clean dist folder: first the SDK, then its users. */

import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";

const project = join(import.meta.dirname, "..");

const builds = [
  {
    folder: "sdk",
    commands: [
      ["../node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"],
      ["../scripts/agent-file.ts"],
    ],
  },
  { folder: "extension", commands: [["build.ts"]] },
];

for (const { folder, commands } of builds) {
  const cwd = join(project, folder);
  rmSync(join(cwd, "dist"), { recursive: true, force: true });
  for (const argv of commands) {
    const { status } = spawnSync(process.execPath, argv, { cwd, stdio: "inherit" });
    if (status !== 0) process.exit(1);
  }
}
