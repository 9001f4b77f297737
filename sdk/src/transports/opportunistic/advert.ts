/**
 * The advert `_outrider._tcp` (DNS-SD, RFC 6763; multicast DNS, RFC 6762): that there is a server, where, and an opaque
 * state that changes with its catalog. It names no package, no version and no machine; it is a hint and nothing more.
 */
import type { ResponsePacket } from "multicast-dns";

/** One DNS record as it travels. */
export type DnsRecord = NonNullable<ResponsePacket["answers"]>[number];
/** The service type, below whatever domain. */
export const serviceType = "_outrider._tcp";
/** The same on the link. */
export const service: string = `${serviceType}.local`;

/** A server as it is heard of. */
export interface Advert {
  /** Name of the instance: a random one. */
  readonly instance: string;
  readonly port: number;
  /** Folder of `catalog.json` on that server: starts and ends with a slash. */
  readonly path: string;
  /** Changes when the catalog does; empty where the advert has none. */
  readonly state: string;
  readonly addresses: readonly string[];
}

const recordSeconds = 120;
const pathGrammar = /^\/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}\/){0,8}$/;

/** May a folder be announced, or asked for? */
export function isPath(path: string): boolean {
  return pathGrammar.test(path);
}

/** The records of an advert; `ttl` 0 says goodbye (RFC 6762 10.1). */
export function recordsOf(advert: Advert, ttl: number = recordSeconds): DnsRecord[] {
  const name = `${advert.instance}.${service}`;
  const target = `${advert.instance}.local`;
  const text = [`path=${advert.path}`, `state=${advert.state}`];
  return [
    { name: service, type: "PTR", ttl, data: name },
    { name, type: "SRV", ttl, flush: true, data: { port: advert.port, target } },
    { name, type: "TXT", ttl, flush: true, data: text },
    ...advert.addresses.map((data): DnsRecord => ({
      name: target,
      type: data.includes(":") ? "AAAA" : "A",
      ttl,
      flush: true,
      data,
    })),
  ];
}

/** Text of a TXT record, by key; keys are ASCII without regard to case, the first of several counts (RFC 6763 6.4). */
export function readText(data: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entry of Array.isArray(data) ? data : [data]) {
    const match = /^([\u0020-\u003c\u003e-\u007e]{1,16})=([\u0020-\u007e]{0,240})$/.exec(
      String(entry),
    );
    const key = match?.[1]?.toLowerCase();
    if (key !== undefined && !found.has(key)) found.set(key, match?.[2] ?? "");
  }
  return found;
}
