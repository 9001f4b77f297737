/**
 * `pnpm --dir extension e2e [OPTIONS OF VITEST]`: packs the extension, installs a real VS Code where there is none
 * yet, and runs the flows in it. Screenshots are left in test/screenshots. The SDK must have been built.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasEditor, installEditor } from "./editor/install.ts";

const extension = join(import.meta.dirname, "..");
if (!hasEditor()) process.exit(0);
const packed = mkdtempSync(join(tmpdir(), "outrider-vsix-"));
try {
  installEditor();
  // One flow again leaves the pictures of the others, and that of its own failure.
  if (!process.argv.slice(2).some((option) => option.includes("flows/")))
    rmSync(join(import.meta.dirname, "screenshots"), { recursive: true, force: true });
  const ok =
    run("scripts/package.ts", packed, "--with-test-extensions") &&
    run(
      "../node_modules/vitest/vitest.mjs",
      "run",
      "--config=test/vitest.config.ts",
      ...process.argv.slice(2),
    );
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(packed, { recursive: true, force: true });
}

function run(script: string, ...options: readonly string[]): boolean {
  const { status } = spawnSync(process.execPath, [join(extension, script), ...options], {
    cwd: extension,
    env: { ...process.env, OUTRIDER_E2E_VSIX: packed },
    stdio: "inherit",
  });
  return status === 0;
}
