/**
 * Agents that are started to be killed. The program is bundled once, and the next process starts while the present one
 * works, so that a kill costs little more than the work it interrupts.
 */
import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { build } from "esbuild";
import type { ProcessOrder } from "./agent-process.ts";
import { started } from "./started.ts";

/** How a run ended. */
export interface ProcessRun {
  readonly killed: boolean;
  /** From the message being handed over to the end. */
  readonly tookMs: number;
}

/** What happens to a process that works. */
export type Disturbance = (child: ChildProcess) => void;

/** It is killed. */
export function killAfter(ms: number): Disturbance {
  return (child) => setTimeout(() => child.kill("SIGKILL"), ms);
}

/** Its machine sleeps. */
export function sleepAfter(ms: number, forMs: number): Disturbance {
  return (child) =>
    setTimeout(() => {
      child.kill("SIGSTOP");
      setTimeout(() => child.kill("SIGCONT"), forMs);
    }, ms);
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts agents one after the other. */
export class AgentProcesses implements AsyncDisposable {
  readonly #program: string;
  #next: Child;

  private constructor(program: string) {
    this.#program = program;
    this.#next = this.#start();
  }

  /** Bundles the program into the folder. */
  static async prepare(folder: string): Promise<AgentProcesses> {
    const outfile = join(folder, "agent-process.mjs");
    await build({
      entryPoints: [join(import.meta.dirname, "agent-process.ts")],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "error",
    });
    return new AgentProcesses(outfile);
  }

  /** Runs an agent to its end; `disturb` is called when it has begun. */
  async run(order: ProcessOrder, disturb?: Disturbance): Promise<ProcessRun> {
    const child = this.#next;
    this.#next = this.#start();
    let errors = "";
    let begun = 0;
    child.stderr.on("data", (chunk) => (errors += String(chunk)));
    child.stdout.once("data", () => {
      begun = performance.now();
      disturb?.(child);
    });
    child.stdin.end(`${JSON.stringify(order)}\n`);
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    if (signal === null && code !== 0) throw new Error(errors);
    return { killed: signal !== null, tookMs: performance.now() - begun };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#next, "close");
    this.#next.kill("SIGKILL");
    await ended;
  }

  #start(): Child {
    return started(spawn(process.execPath, [this.#program], { stdio: "pipe" }));
  }
}
