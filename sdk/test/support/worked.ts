/** How long this thread has worked, in milliseconds: unlike a clock, it stands while others have the processor. */
export function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
