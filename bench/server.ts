/**
 * The server's figures, in one run: latency from trigger to transport, idle and under a flood, planning, both stores, packages by HTTP
 * against nginx on the same file (where it is installed), the audit log.
 *
 *     node bench/server.ts [--recipients 1000000] [--only latency,flood,plan,store,http,audit]
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    recipients: { type: "string", default: "1000000" },
    only: { type: "string", default: "latency,flood,plan,store,http,audit" },
  },
});
const peer = "nginx";
const parts = values.only.split(",");
const folder = mkdtempSync(join(tmpdir(), "outrider-bench-"));

try {
  // Each in a process of its own: one's memory and warmth are not the other's.
  for (const part of parts) {
    const child = spawn(
      process.execPath,
      [
        "--expose-gc",
        "--disable-warning=ExperimentalWarning",
        join(import.meta.dirname, "server", "worker.ts"),
        part,
        folder,
        values.recipients,
      ],
      { stdio: ["ignore", "inherit", "inherit"] },
    );
    const [code] = (await once(child, "close")) as [number];
    if (code !== 0) process.exitCode = 1;
  }
  if (parts.includes("http") && spawnSync(peer, ["-v"]).error !== undefined)
    process.stderr.write("nginx is not installed: HTTP was measured without its peer.\n");
  writeFileSync(join(folder, "done"), "");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
