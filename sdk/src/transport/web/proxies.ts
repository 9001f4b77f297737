/**
 * Which proxy leads to a server: `http_proxy`, `https_proxy` and `no_proxy`, small letters before capitals. Only this
 * machine's own environment or configuration names one, never a message: `HTTP_PROXY` is not read where a web server
 * started us (`REQUEST_METHOD` is set, RFC 3875), for there it is the request's header `Proxy` (CVE-2016-5385).
 */
import { BlockList, isIP } from "node:net";
import { OutriderError } from "../../errors/index.ts";

/** The proxy for a URL; `undefined` where the way is straight. */
export type ChooseProxy = (url: URL) => URL | undefined;

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One proxy for everything. @throws CONFIG_INVALID for a URL that names none */
export function oneProxy(proxy: string): ChooseProxy {
  const url = proxyUrl(proxy);
  return () => url;
}

/**
 * As the environment says. `NO_PROXY` holds names or addresses between commas or blanks, each with its subdomains and
 * perhaps `:port`, and networks such as `10.0.0.0/8`; `*` stands for all. A name is not looked up to see whether it
 * lies in a network: that is for the proxy to know.
 *
 * @throws CONFIG_INVALID where a variable names no proxy
 */
export function environmentProxies(environment: Environment = process.env): ChooseProxy {
  const isOfRequest = environment["REQUEST_METHOD"] !== undefined;
  const read = (name: string): string => {
    const capitals = isOfRequest && name === "http_proxy" ? undefined : name.toUpperCase();
    return environment[name] ?? (capitals === undefined ? undefined : environment[capitals]) ?? "";
  };
  const [plain, secure] = ["http_proxy", "https_proxy"].map((name) =>
    read(name) === "" ? undefined : proxyUrl(read(name), name),
  );
  const exceptions = read("no_proxy")
    .toLowerCase()
    .split(/[\s,]+/);
  const networks = networksAmong(exceptions);
  return (url) => {
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    const port = url.port || (url.protocol === "https:" ? "443" : "80");
    const near = isIP(host) !== 0 && networks.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
    const straight =
      near ||
      exceptions.some((exception) => {
        const name = exception.replace(/^\*?\./, "").replace(/^\[(.*)\]/, "$1");
        return (
          name === "*" ||
          [host, `${host}:${port}`].some((each) => each === name || each.endsWith(`.${name}`))
        );
      });
    return straight && exceptions.join("") !== ""
      ? undefined
      : url.protocol === "https:"
        ? secure
        : plain;
  };
}

/** Those in CIDR form (RFC 4632, RFC 4291 2.3); anything else is a name. */
function networksAmong(exceptions: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const exception of exceptions) {
    const [, address = "", prefix] = /^\[?([0-9a-f.:]+)\]?\/(\d{1,3})$/.exec(exception) ?? [];
    const family = isIP(address);
    const bits = Number(prefix);
    if (family !== 0 && bits <= (family === 6 ? 128 : 32))
      networks.addSubnet(address, bits, family === 6 ? "ipv6" : "ipv4");
  }
  return networks;
}

/** `host:port` alone means http, as elsewhere. */
function proxyUrl(text: string, name = "the proxy"): URL {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url !== null && ["http:", "https:"].includes(url.protocol) && url.hostname !== "") return url;
  throw new OutriderError(
    "CONFIG_INVALID",
    `${name} names no proxy; it has the form http://proxy.example:3128.`, // not its value: it may hold a password
    { subject: name },
  );
}
