/**
 * Who somebody is by address: one IPv4 address, or an IPv6 network of 64 bits, where every machine has as many
 * addresses as it likes.
 */
import { isIP } from "node:net";

/** The same text for all addresses of one. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6 || address.startsWith("::ffff:")) return address; // those are IPv4 addresses
  const [head = [], tail = []] = address.split("::").map((part) => part.split(":"));
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0");
  return [...head, ...zeros, ...tail]
    .slice(0, 4)
    .map((group) => Number.parseInt(group || "0", 16).toString(16))
    .join(":");
}
