/** The systemd units that the guide gives: systemd finds nothing wrong with them. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { outsideTool } from "../support/tools.ts";

const folder = join(import.meta.dirname, "../../../docs/guide/closed-networks");

test.each(["outrider-agent.service", "outrider-server.service"])("%s", async (name) => {
  const analyze = outsideTool("systemd-analyze");
  if (analyze === undefined) return;
  const units = await mkdtemp(join(tmpdir(), "outrider-units-"));
  try {
    const unit = await readFile(join(folder, name), "utf8");
    expect(unit).toMatch(/^ExecStart=\/usr\/bin\/\w+ /m);
    // The program need not be installed here; any that is there stands for it.
    const here = unit.replace(/^ExecStart=\/usr\/bin\/\w+/m, `ExecStart=${process.execPath}`);
    await writeFile(join(units, name), here);
    const { stderr } = await promisify(execFile)(analyze, [
      "verify",
      "--man=no",
      join(units, name),
    ]);
    expect(stderr).toBe("");
  } finally {
    await rm(units, { recursive: true });
  }
});
