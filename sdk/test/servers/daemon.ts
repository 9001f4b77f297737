/**
 * A server program that lives no longer than we do: it is started by a shell that ends it when its standard input does,
 * so also when a test run is killed. Only what was started here is ever ended.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync } from "node:fs";

/** A running server. */
export interface Daemon {
  /** Ends it, and waits until it is gone. */
  stop(): Promise<void>;
}

const keeper =
  '"$@" </dev/null & child=$!; cat >/dev/null; kill "$child" 2>/dev/null; wait "$child"';

/** Starts a program that stays in the foreground; its output goes to a file. */
export function startDaemon(command: readonly string[], logFile: string): Daemon {
  const log = openSync(logFile, "a");
  const shell = spawn("sh", ["-c", keeper, "daemon", ...command], {
    stdio: ["pipe", log, log],
    env: { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` },
  });
  closeSync(log);
  const ended = once(shell, "exit");
  return {
    async stop() {
      shell.stdin?.end();
      await ended;
    },
  };
}
