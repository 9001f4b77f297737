/**
 * Notices that npm, which started us, was killed, so that nobody waits for us any more.
 *
 * npm runs a script through a shell, which passes no signal on and lives on when npm is killed.
 * Windows tells no parent of a parent; there only the IPC channel below us protects.
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

const pollMs = 250;

/** Calls `act` once when that happens; gives a function that stops looking. */
export function whenAbandoned(act) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === "win32")
    return () => {};
  const parent = process.ppid;
  const { command, parentId } = describe(parent);
  const npm = /(^|\/)(ba|da|k|z)?sh$/.test(command) ? parentId : parent;
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(npm)) return;
    clearInterval(timer);
    act();
  }, pollMs).unref();
  return () => clearInterval(timer);
}

/** The kernel tells on Linux, where a small container may have no ps; ps tells elsewhere. */
function describe(processId) {
  const [pattern, text] =
    process.platform === "linux"
      ? [/\((?<command>.*)\) \S (?<parentId>\d+)/, readFileSync(`/proc/${processId}/stat`, "utf8")]
      : [/(?<parentId>\d+)\s+(?<command>.*\S)/, ask("ps", "-o", "ppid=,comm=", "-p", processId)];
  const { command, parentId } = pattern.exec(text).groups;
  return { command, parentId: Number(parentId) };
}

function ask(program, ...argv) {
  return execFileSync(program, argv.map(String), { encoding: "utf8" });
}

function isAlive(processId) {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}
