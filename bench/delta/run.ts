/** Runs a program and says what it took: wall time, and the most memory it held, as the kernel counts it. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What a run took. */
export interface Run {
  readonly ms: number;
  /** Peak resident memory, millions of bytes. */
  readonly megabytes: number;
}

const sampleMs = 10;

/** Runs it to its end. The kernel keeps the peak; it is read until the program is gone. */
export async function run([program = "", ...argv]: readonly string[]): Promise<Run> {
  const start = performance.now();
  const child = spawn(program, argv, { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (text) => (errors += String(text)));
  let kilobytes = 0;
  const look = (): void => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      kilobytes = Math.max(kilobytes, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    } catch {
      // gone
    }
  };
  const timer = setInterval(look, sampleMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => clearInterval(timer));
  if (code !== 0) throw new Error(`${program} ${argv.join(" ")} ended with ${code}: ${errors}`);
  return { ms: performance.now() - start, megabytes: Math.round((kilobytes * 1024) / 1e6) };
}
