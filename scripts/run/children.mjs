/**
 * Runs other programs so that none outlives this one.
 *
 * A signal that ends this process is passed on, and so is the end of npm above it. Should this
 * process be killed outright, the IPC channel that it holds to a foreground command closes, and
 * end-with-parent.mjs ends the command.
 */

import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { whenAbandoned } from "./abandoned.mjs";
import { project } from "./project.mjs";

/** The command line ends with this message and exit code, and without a stack. */
export class Failure extends Error {
  constructor(exitCode, message) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A terminal gives Ctrl-C to the whole group; only who is left after this gets it from us. */
const interruptGraceMs = 2_000;

/** Runs Node with the terminal as its own; gives the exit code. */
export async function runInForeground(tools, argv) {
  const preload = new URL("end-with-parent.mjs", import.meta.url).href;
  const child = spawn(tools.node, ["--import", preload, ...argv], {
    cwd: project,
    env: tools.env,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  return ended(child);
}

/** Runs a program in silence; its output is shown only where it failed. */
export async function runQuietly(program, argv, env) {
  const child = spawn(program, argv, { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => output.push(part));
  const exitCode = await ended(child);
  if (exitCode !== 0) {
    throw new Failure(exitCode > 128 ? exitCode : 1, `\n${Buffer.concat(output).toString()}`);
  }
}

async function ended(child) {
  const passOn = (signal) => child.kill(signal);
  const interrupt = () => setTimeout(passOn, interruptGraceMs, "SIGTERM").unref();
  const stopWatching = whenAbandoned(() => passOn("SIGTERM"));
  process.on("SIGINT", interrupt);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, passOn);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", (error) =>
        reject(new Failure(3, `${child.spawnfile}: ${error.message}`)),
      );
      child.once("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    stopWatching();
    process.off("SIGINT", interrupt);
    for (const signal of ["SIGTERM", "SIGHUP"]) process.off(signal, passOn);
  }
}
