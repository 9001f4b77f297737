/** What processes have used, as Linux tells it (proc(5)). */
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100; // USER_HZ, the same on every Linux that Node runs on

/** The most memory that it ever had, MB; 0 when it is gone. */
export function peakMegabytes(pid: number): number {
  const status = read(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}

/** Processor time until now, seconds; 0 when it is gone. */
export function cpuSeconds(pid: number): number {
  const [user = 0, system = 0] = statOf(pid).slice(11, 13).map(Number);
  return (user + system) / ticksPerSecond;
}

/** Of a process with all that it has started, those that have ended too. */
export function familySeconds(pid: number): number {
  const [user = 0, system = 0] = statOf(pid).slice(13, 15).map(Number);
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => Number(statOf(child)[1]) === pid);
  const living = children.reduce((sum, child) => sum + cpuSeconds(child), 0);
  return cpuSeconds(pid) + living + (user + system) / ticksPerSecond;
}

/** Fields from the third on: the second, a name in parentheses, may hold anything. */
function statOf(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
