/** One line per step that takes time. */

import process from "node:process";

export async function step(title, work) {
  const start = performance.now();
  process.stderr.write(`${title} …`);
  try {
    await work();
    process.stderr.write(` ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  } catch (error) {
    process.stderr.write(" failed\n");
    throw error;
  }
}
