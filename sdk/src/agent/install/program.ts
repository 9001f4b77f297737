/**
 * Runs a program of a package: an argv array, no shell, a fixed environment, a deadline (THREATS A2, P4).
 * Exit code 0: done; 21: later; everything else, a signal and the deadline: failed.
 * The program `node` is the runtime that the agent itself runs on; a relative path is taken below the package.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Command } from "../../schema/index.ts";

/** How it ended. */
export interface ProgramResult {
  readonly outcome: "done" | "failed" | "later";
  /** Its exit code; -1 where it had none (not started, ended by a signal or the deadline). */
  readonly exitCode: number;
  /** For people; no output of the program, which may hold secrets. */
  readonly detail: string;
}

/** Where it runs. */
export interface ProgramOptions {
  /** Working directory: the release's own folder. */
  readonly directory: string;
  /** Added to the fixed environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Runs programs of packages. A product may give its own, for instance one with a sandbox. */
export interface ProgramRunner {
  /** Runs one to its end. Throws only when aborted. */
  run(command: Command, options: ProgramOptions): Promise<ProgramResult>;
}

/** Runs them as child processes. */
export const processRunner: ProgramRunner = { run: runProgram };

const defaultTimeoutSeconds = 60;
const exitLater = 21;

async function runProgram(command: Command, options: ProgramOptions): Promise<ProgramResult> {
  options.signal.throwIfAborted();
  const [name = "", ...args] = command.argv;
  const program =
    name === "node" ? process.execPath : name.includes("/") ? join(options.directory, name) : name;
  const timeoutMs = (command.timeoutSeconds ?? defaultTimeoutSeconds) * 1000;
  const notStarted = (error: unknown): ProgramResult => ({
    outcome: "failed",
    exitCode: -1,
    detail: `${name} did not start: ${(error as NodeJS.ErrnoException).code}`,
  });
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd: options.directory,
      env: { ...fixedEnvironment(), ...options.environment },
      shell: false,
      stdio: "ignore",
      windowsHide: true,
      detached: process.platform !== "win32", // its own group, so that its children end with it
    });
  } catch (error) {
    return notStarted(error); // E2BIG, a NUL in an argument
  }
  return new Promise((resolve, reject) => {
    const endGroup = (): void => {
      if (child.pid === undefined) return;
      try {
        if (process.platform === "win32") child.kill("SIGKILL");
        else process.kill(-child.pid, "SIGKILL");
      } catch {
        // it has ended by itself
      }
    };
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      endGroup();
    }, timeoutMs);
    options.signal.addEventListener("abort", endGroup, { once: true });
    const finish = (result: ProgramResult): void => {
      clearTimeout(deadline);
      options.signal.removeEventListener("abort", endGroup);
      if (options.signal.aborted) reject(options.signal.reason as Error);
      else resolve(result);
    };
    child.once("error", (error) => finish(notStarted(error)));
    child.once("exit", (code, signal) => {
      if (late)
        finish({
          outcome: "failed",
          exitCode: -1,
          detail: `${name} did not end within ${timeoutMs} ms`,
        });
      else if (code === null)
        finish({ outcome: "failed", exitCode: -1, detail: `${name} was ended by ${signal}` });
      else {
        const outcome = code === 0 ? "done" : code === exitLater ? "later" : "failed";
        finish({ outcome, exitCode: code, detail: `${name} ended with exit code ${code}` });
      }
    });
  });
}

function fixedEnvironment(): Record<string, string> {
  const { PATH, SystemRoot } = process.env;
  return {
    PATH: PATH ?? "/usr/bin:/bin",
    LC_ALL: "C",
    ELECTRON_RUN_AS_NODE: "1",
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
  };
}
