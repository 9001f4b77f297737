/** An attacker in a thread of its own, who puts an evil file in the place of a good one and back, without end. */
import { Worker } from "node:worker_threads";

const program = `
const { copyFileSync, renameSync } = require("node:fs");
const { parentPort, workerData: { path, good, evil } } = require("node:worker_threads");
parentPort.on("message", () => process.exit());
const swap = () => {
  for (const source of [evil, good]) {
    copyFileSync(source, path + ".next");
    renameSync(path + ".next", path);
  }
  setImmediate(swap);
};
parentPort.postMessage("begun");
swap();`;

/** Swaps as long as the work takes. */
export async function whileSwapping<T>(
  files: { readonly path: string; readonly good: string; readonly evil: string },
  work: () => Promise<T>,
): Promise<T> {
  const thread = new Worker(program, { eval: true, workerData: files });
  await new Promise((begun) => thread.once("message", begun));
  try {
    return await work();
  } finally {
    const ended = new Promise((done) => thread.once("exit", done));
    thread.postMessage("end");
    await ended;
  }
}
