/**
 * Segments: what this machine is linked to right now, one per interface and address family. An interface that is
 * re-created, gets another address or another scope is another segment, so whatever listens on it is opened anew.
 */
import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { isLinkLocal, isLoopback } from "../../transport/near-address.ts";

/** One link, in one address family. */
export interface Segment {
  /** Equal for equal segments. */
  readonly key: string;
  /** Name of the interface. */
  readonly name: string;
  readonly family: "ipv4" | "ipv6";
  /** This machine's addresses on it, without zones. */
  readonly addresses: readonly string[];
  /** Its networks, such as `10.77.0.0/24`; an address with its prefix length. */
  readonly networks: readonly string[];
}

/** Which segments count. */
export interface SegmentPolicy {
  /** Interface names and networks (`10.77.0.0/24`); every interface but loopback unless given. */
  readonly segments?: readonly string[];
  /** Allow loopback and link-local addresses, and addresses of this machine itself; default false. */
  readonly allowLoopback?: boolean;
}

/** What there is now, as far as the policy lets it count. */
export function currentSegments(policy: SegmentPolicy): readonly Segment[] {
  const found: Segment[] = [];
  for (const [name, addresses = []] of Object.entries(networkInterfaces()))
    for (const family of ["ipv4", "ipv6"] as const) {
      const own = addresses.filter((entry) => entry.family.toLowerCase() === family);
      const networks = own.flatMap(({ cidr }) => (cidr === null ? [] : [cidr]));
      const isInternal = own.some(({ internal }) => internal);
      if (networks.length === 0 || (isInternal && policy.allowLoopback !== true)) continue;
      const scopes = own.map(({ mac, scopeid }) => `${mac} ${scopeid ?? ""}`);
      const segment: Segment = {
        key: [name, family, ...networks, ...scopes].join(" "),
        name,
        family,
        addresses: own.map(({ address }) => withoutZone(address)),
        networks,
      };
      if (policy.segments === undefined ? !isInternal : isNamed(segment, policy.segments))
        found.push(segment);
    }
  return found;
}

/** For people: `eth0 (10.77.0.12/24, fd77::12/64)`, an interface once; `none` where there is none. */
export function describeSegments(segments: readonly Segment[]): string {
  const networks = new Map<string, readonly string[]>();
  for (const segment of segments)
    networks.set(segment.name, [...(networks.get(segment.name) ?? []), ...segment.networks]);
  const said = [...networks].map(([name, own]) => `${name} (${own.join(", ")})`);
  return said.length === 0 ? "none" : said.join(", ");
}

/** May this machine ask that address, having heard of it on this segment? (THREATS N15) */
export function mayVisit(address: string, segment: Segment, policy: SegmentPolicy): boolean {
  if (isIP(address) !== (segment.family === "ipv6" ? 6 : 4)) return false;
  if (!segment.networks.some((network) => isWithin(address, network))) return false;
  // This machine's own address is as good a way to its services as loopback is.
  return policy.allowLoopback === true || (isFar(address) && !segment.addresses.includes(address));
}

/** May it ask an address that a name server of its own configuration gave? That may lie beyond every segment. */
export function mayVisitBeyond(address: string, policy: SegmentPolicy): boolean {
  if (isIP(address) === 0) return false;
  if (policy.allowLoopback === true) return true;
  const own = Object.values(networkInterfaces()).flat();
  return isFar(address) && !own.some((entry) => entry?.address === address);
}

function isFar(address: string): boolean {
  return !isLoopback(address) && !isLinkLocal(address);
}

/** Did a packet come from this segment? Sockets hear those of other interfaces too (RFC 6762 11). */
export function isFrom(sender: string, segment: Segment): boolean {
  const [address = "", zone] = sender.split("%");
  if (zone !== undefined && zone !== segment.name) return false;
  return segment.networks.some((network) => isWithin(address, network));
}

/** Is it a name of a segment as a configuration may give it: an interface or a network? */
function isNamed(segment: Segment, names: readonly string[]): boolean {
  return names.some(
    (name) => name === segment.name || segment.addresses.some((address) => isWithin(address, name)),
  );
}

function isWithin(address: string, network: string): boolean {
  const [base = "", prefix = ""] = network.split("/");
  const family = isIP(base);
  const length = Number(prefix);
  if (family === 0 || isIP(address) !== family || !/^\d{1,3}$/.test(prefix)) return false;
  if (length > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(base, length, family === 6 ? "ipv6" : "ipv4");
  return list.check(address, family === 6 ? "ipv6" : "ipv4");
}

function withoutZone(address: string): string {
  return address.split("%")[0] ?? address;
}
