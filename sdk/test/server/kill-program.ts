/**
 * The child of the kill tests as one bundled file with its compiled code kept: it starts in a fifth of the time that the
 * sources take, and is started some hundreds of times.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { started } from "../support/started.ts";

/** A program that can be started. */
export interface KillProgram {
  start(ordersPath: string): ChildProcess;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Builds it, and lets it compile once. */
export async function buildKillProgram(): Promise<KillProgram> {
  const folder = await mkdtemp(join(tmpdir(), "outrider-kill-"));
  const program = join(folder, "kill-child.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "kill-child.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    minify: true,
    logLevel: "warning",
    external: ["pg-native"],
    // What is bundled from CommonJS asks for it.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  const environment = { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") };
  const start = (ordersPath: string): ChildProcess =>
    started(
      spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, ordersPath], {
        stdio: ["ignore", "ignore", "pipe"],
        env: environment,
      }),
    );
  // What is compiled is kept only when a process ends by itself: this one finds no orders.
  await once(start(join(folder, "none")), "close");
  return { start, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
