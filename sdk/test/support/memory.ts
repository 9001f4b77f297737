/** What work needs of memory, told from what the collector has not come by for yet. */

/** How far the process's resident memory rises above what it was while it works, in bytes: the least of three times. */
export async function memoryFor(work: () => unknown): Promise<number> {
  const before = process.memoryUsage.rss();
  const peaks: number[] = [];
  for (let time = 0; time < 3; time++) {
    let most = 0;
    const look = (): void => void (most = Math.max(most, process.memoryUsage.rss()));
    const watch = setInterval(look, 5);
    try {
      await work();
    } finally {
      clearInterval(watch);
    }
    look();
    peaks.push(most);
  }
  return Math.min(...peaks) - before;
}
