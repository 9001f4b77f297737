/**
 * Programs that tests start, and the one place where they end: with their file of tests at the latest. A test that ran out
 * of time never comes to its own end, and the worker that it ran in is ended without a word, so that each of its programs
 * would outlive it. Each is ended by its own handle, and nothing else is.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

const running = new Set<ChildProcess>();

/** Sees to its end. @returns the same */
export function started<Child extends ChildProcess>(child: Child): Child {
  running.add(child);
  for (const end of ["exit", "error"]) child.once(end, () => running.delete(child));
  return child;
}

async function endAll(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }),
  );
}

if (process.env["VITEST"] === undefined) {
  // A benchmark, which ends by itself.
  process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));
} else {
  const { afterAll } = await import("vitest");
  afterAll(endAll);
}
