/**
 * Where the Internet utility may go: hosts of this machine's own configuration and nowhere else, not even by redirect;
 * never to loopback or link-local addresses unless configured, whatever a name resolves to (THREATS N15).
 */
import { lookup as systemLookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { OutriderError } from "../../errors/index.ts";
import { isLinkLocal, isLoopback } from "../../transport/near-address.ts";

/** What is allowed. */
export interface HttpPolicy {
  /** Host, or host:port; without a port the scheme's own (80, 443). */
  readonly hosts: readonly string[];
  readonly allowLoopback: boolean;
  /** Stands in for the system's resolver. */
  readonly lookup?: LookupFunction;
}

/** @throws SOURCE_FORBIDDEN */
export function checkUrl(url: URL, policy: HttpPolicy): void {
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw forbidden(url, "is neither http nor https");
  if (url.username !== "" || url.password !== "") throw forbidden(url, "carries a login");
  const port = url.port === "" ? { "https:": "443", "http:": "80" }[url.protocol] : url.port;
  const named = policy.hosts.some((host) => {
    const entry = host.toLowerCase();
    return entry === `${url.hostname}:${port}` || (url.port === "" && entry === url.hostname);
  });
  if (!named) throw forbidden(url, "is on no host that this machine's configuration allows");
  const literal = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(literal) !== 0 && !policy.allowLoopback && isNearby(literal))
    throw forbidden(url, "is a loopback or link-local address");
}

/** Resolves names and lets only allowed addresses through, so that what was checked is what is connected to. */
export function policedLookup(policy: HttpPolicy): LookupFunction {
  if (policy.lookup !== undefined) return policy.lookup;
  return (hostname, options, done) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return done(error, "", 0);
      const allowed = policy.allowLoopback
        ? addresses
        : addresses.filter(({ address }) => !isNearby(address));
      const [first] = allowed;
      if (first === undefined)
        return done(
          new OutriderError(
            "SOURCE_FORBIDDEN",
            `${hostname} resolves to loopback or link-local addresses only; they are not allowed here.`,
            { subject: hostname },
          ),
          "",
          0,
        );
      if (options.all === true) return done(null, allowed);
      return done(null, first.address, first.family);
    });
  };
}

function isNearby(address: string): boolean {
  return isLoopback(address) || isLinkLocal(address);
}

function forbidden(url: URL, why: string): OutriderError {
  const subject = `${url.protocol}//${url.host}${url.pathname}`; // without a login
  return new OutriderError("SOURCE_FORBIDDEN", `${subject} ${why}; it was not opened.`, {
    subject,
  });
}
