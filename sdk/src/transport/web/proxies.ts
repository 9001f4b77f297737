/**
 * Which proxy leads to a server: `http_proxy`, `https_proxy` and `no_proxy`, small letters before capitals, as curl
 * reads them. Only this machine's own environment or configuration names one, never a message.
 */
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
 * perhaps `:port`; `*` stands for all.
 *
 * @throws CONFIG_INVALID where a variable names no proxy
 */
export function environmentProxies(environment: Environment = process.env): ChooseProxy {
  const read = (name: string): string => environment[name] ?? environment[name.toUpperCase()] ?? "";
  const [plain, secure] = ["http_proxy", "https_proxy"].map((name) =>
    read(name) === "" ? undefined : proxyUrl(read(name), name),
  );
  const exceptions = read("no_proxy")
    .toLowerCase()
    .split(/[\s,]+/);
  return (url) => {
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    const port = url.port || (url.protocol === "https:" ? "443" : "80");
    const straight = exceptions.some((exception) => {
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
