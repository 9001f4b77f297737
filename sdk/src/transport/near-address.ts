/** Addresses that lead to this machine itself, or no further than its link (THREATS N15). */
import { BlockList, isIP, isIPv4 } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("0.0.0.0", 8, "ipv4"); // "this host": connects to loopback
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::", "ipv6");
loopback.addAddress("::1", "ipv6");

const linkLocal = new BlockList();
linkLocal.addSubnet("169.254.0.0", 16, "ipv4"); // cloud metadata services, too
linkLocal.addSubnet("fe80::", 10, "ipv6");

/**
 * Does what is said to this host, as a configuration or a URL writes it, stay on this machine for certain? Then it may
 * go without TLS, and be read without a token. The wildcard is heard by others, and a name may lead anywhere.
 */
export function isThisMachine(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return bare === "localhost" || bare === "::1" || (isIPv4(bare) && bare.startsWith("127."));
}

/** Loopback, or the wildcard, which connects to it. */
export function isLoopback(address: string): boolean {
  return isIn(loopback, address);
}

/** 169.254.0.0/16 or fe80::/10. */
export function isLinkLocal(address: string): boolean {
  return isIn(linkLocal, address);
}

function isIn(list: BlockList, address: string): boolean {
  const bare = address.split("%")[0] ?? address; // without the zone of a link-local address
  return list.check(bare, isIP(bare) === 6 ? "ipv6" : "ipv4");
}
