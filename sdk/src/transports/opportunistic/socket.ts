/**
 * A multicast DNS socket for one segment. It is bound to the wildcard address: bound to the interface's own, Linux
 * delivers no multicast to it. IPv6 has a socket that is deaf to IPv4, or it would hear everything twice.
 */
import { createSocket } from "node:dgram";
import multicastDns, { type MulticastDNS } from "multicast-dns";
import type { Segment } from "./segment.ts";

/** `_outrider._tcp.local`, port 5353. */
export const defaultPort = 5353;

/** Opens it; faults of the link are silent, since the patrol replaces the socket when the link changes. */
export function openSocket(segment: Segment, port: number): MulticastDNS {
  const socket =
    segment.family === "ipv4"
      ? multicastDns({ port, interface: segment.addresses[0], bind: "0.0.0.0" })
      : multicastDns({
          port,
          type: "udp6",
          ip: "ff02::fb",
          interface: `::%${segment.name}`,
          bind: "::",
          socket: createSocket({ type: "udp6", reuseAddr: true, ipv6Only: true }),
        });
  socket.on("error", () => undefined);
  socket.on("warning", () => undefined);
  return socket;
}

/** Closes it; one that could never be bound does not say when it is closed, and must not hold up the end. */
export async function closeSocket(socket: MulticastDNS): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const impatient = setTimeout(resolve, 500);
  socket.destroy(resolve);
  await promise;
  clearTimeout(impatient);
}
