/**
 * `pnpm --dir extension e2e [OPTIONS OF VITEST]`: packs the extension, installs a real VS Code where there is none
 * yet, and runs the flows in it. Screenshots are left in test/screenshots. The SDK must have been built.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installExtensions } from "./editor/extensions.ts";
import { hasEditor } from "./editor/install.ts";

const extension = join(import.meta.dirname, "..");
if (!hasEditor()) process.exit(0);
const packed = mkdtempSync(join(tmpdir(), "outrider-vsix-"));
try {
  // One flow again leaves the pictures of the others, and that of its own failure.
  const flows = process.argv.slice(2);
  if (!flows.some((option) => option.includes("flows/")))
    rmSync(join(import.meta.dirname, "screenshots"), { recursive: true, force: true });
  const isPacked = run("scripts/package.ts", [packed, "--with-test-extensions"]);
  process.exitCode = isPacked && runFlows(installExtensions(packed), flows) ? 0 : 1;
} finally {
  rmSync(packed, { recursive: true, force: true });
}

function runFlows(extensions: string, options: readonly string[]): boolean {
  return run(
    "../node_modules/vitest/vitest.mjs",
    ["run", "--config=test/vitest.config.ts", ...options],
    { OUTRIDER_E2E_EXTENSIONS: extensions },
  );
}

function run(
  script: string,
  options: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): boolean {
  const { status } = spawnSync(process.execPath, [join(extension, script), ...options], {
    cwd: extension,
    env: { ...process.env, ...environment },
    stdio: "inherit",
  });
  return status === 0;
}
