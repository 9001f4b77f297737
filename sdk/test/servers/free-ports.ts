/**
 * Ports on loopback on which nobody listens. They lie below those that systems hand out by themselves (Linux: from 32768
 * on), so that until the server is there no connection and no other test's port 0 gets one of them, and no connection
 * that looks for the server finds itself.
 */
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

const [lowest, tooHigh] = [10_240, 32_768];
const patienceMs = 60_000;

/** Finds so many; all different. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(lowest, tooHigh);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** Waits until somebody listens. */
export async function portOpens(port: number): Promise<void> {
  for (const until = performance.now() + patienceMs; !(await answers(port)); await wait(50))
    if (performance.now() > until) throw new Error(`nothing listens on port ${port}`);
}

/** Waits until the last process of a server that ended has let go of its port: it may be started there again. */
export async function portCloses(port: number): Promise<void> {
  for (const until = performance.now() + patienceMs; !(await isFree(port)); await wait(20))
    if (performance.now() > until) throw new Error(`somebody still listens on port ${port}`);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
