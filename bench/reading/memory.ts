/** How much memory something takes beside what was there. */

/** Runs it. @returns its milliseconds, and the growth of the resident set at its highest, bytes */
export async function measure(
  work: () => Promise<unknown>,
): Promise<{ readonly ms: number; readonly bytes: number }> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const watch = setInterval(look, 2);
  const startedAt = performance.now();
  try {
    await work();
  } finally {
    clearInterval(watch);
    look();
  }
  return { ms: performance.now() - startedAt, bytes: most - before };
}

/** Whole megabytes. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
