/**
 * The agent on the oldest and the newest Node that it supports, end to end: as one file, and as the SDK that a product
 * has inside. The samples assert for themselves; the server beside them runs on this Node.
 */
import { execFile, execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeRuntime, runtimeVersions } from "../support/runtimes.ts";

const samples = join(import.meta.dirname, "../../../samples");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-runtime-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

/** A program that starts this Node, and notes that it was started. */
async function watched(node: string): Promise<string> {
  const program = join(folder, "node");
  await writeFile(program, `#!/bin/sh\necho started >>"${folder}/starts"\nexec "${node}" "$@"\n`);
  await chmod(program, 0o755);
  return program;
}

for (const version of runtimeVersions)
  for (const sample of ["agent-file", "updater"])
    test(`${sample} on Node ${version}`, { timeout: 240_000 }, async () => {
      const node = nodeRuntime(version);
      if (node === undefined) return;
      expect(execFileSync(node, ["--version"], { encoding: "utf8" }).trim()).toBe(`v${version}`);
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        [join(samples, sample, "main.ts")],
        { env: { ...process.env, AGENT_NODE: await watched(node) } },
      );
      expect(stderr).toBe(""); // no warning of an experiment either
      expect(stdout).toContain("Every claim held.");
      const starts = await readFile(join(folder, "starts"), "utf8");
      expect(starts.split("\n").length).toBeGreaterThan(2);
    });
