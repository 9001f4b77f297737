/** Ports that were free a moment ago, on loopback; all different. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** Finds so many. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map((server) => {
      server.close();
      return once(server, "close");
    }),
  );
  return ports;
}

/** Waits until somebody listens. */
export async function portOpens(port: number, patienceMs = 60_000): Promise<void> {
  const { connect } = await import("node:net");
  const until = performance.now() + patienceMs;
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch {
      if (performance.now() > until) throw new Error(`nothing listens on port ${port}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      socket.destroy();
    }
  }
}
