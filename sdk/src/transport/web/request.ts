/**
 * One HTTP request: the only place where an agent opens a connection to a web server. No redirect is followed, nothing
 * is decompressed, no connection is kept. Not `fetch`: only here can the address that is connected to be checked
 * (`lookup`), and the proxy be chosen on every version of Node.
 */
import type { IncomingMessage, RequestOptions, request as httpRequest } from "node:http";
import { isIP, type LookupFunction } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ChooseProxy } from "./proxies.ts";

/** How this machine reaches web servers. */
export interface WebAccess {
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Default: no proxy. */
  readonly proxies?: ChooseProxy;
}

/** One request. */
export interface WebRequest extends WebAccess {
  /** Default GET. */
  readonly method?: "GET" | "HEAD" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Decides which addresses a name stands for, where no proxy does; default the system's resolver. */
  readonly lookup?: LookupFunction;
  /** Longest silence of the connection; default no bound. */
  readonly silenceMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Asks, and returns the answer once its head is there; the caller reads it to its end or destroys it.
 *
 * @throws what `node:http` throws: the caller knows what it wanted, and says so
 */
export async function askWeb(url: URL, request: WebRequest): Promise<IncomingMessage> {
  const proxy = request.proxies?.(url);
  const isSecure = url.protocol === "https:";
  const options = {
    agent: false,
    method: request.method ?? "GET",
    headers: { "accept-encoding": "identity", ...request.headers },
    signal: request.signal,
    ...(request.lookup === undefined ? {} : { lookup: request.lookup }),
    ...(request.ca === undefined ? {} : { ca: request.ca }),
  } as const;
  if (proxy === undefined) return exchange(url, options, request);
  if (!isSecure) {
    const headers = { ...options.headers, host: url.host, ...loginFor(proxy) };
    return exchange(proxy, { ...options, ...toProxy, headers, path: url.href }, request);
  }
  const socket = await tunnel(url, proxy, request);
  return exchange(url, { ...options, agent: undefined, createConnection: () => socket }, request);
}

/** A proxy may stand anywhere, and its login is not for the server behind it. */
const toProxy = { agent: false, lookup: undefined, auth: undefined } as const;

async function exchange(
  to: URL,
  options: RequestOptions,
  { body, silenceMs }: WebRequest,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = requestFor(to)(to, options);
  sent.once("response", resolve);
  sent.on("error", reject);
  if (silenceMs !== undefined)
    sent.setTimeout(silenceMs, () => sent.destroy(new Error(`nothing came for ${silenceMs} ms`)));
  sent.end(body);
  return promise;
}

/**
 * Loaded with the first request: who reads a share needs neither. And not by `import`, which asks `node:http` for all
 * that it exports, WebSocket with it, and so loads the whole of Node's `fetch` into every agent.
 */
function requestFor({ protocol }: URL): typeof httpRequest {
  return process.getBuiltinModule(protocol === "https:" ? "node:https" : "node:http").request;
}

/** CONNECT (RFC 9110 9.3.6), and TLS with the server itself inside. */
async function tunnel(url: URL, proxy: URL, { ca, signal }: WebRequest): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const authority = `${url.hostname}:${url.port || "443"}`;
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const asked = requestFor(proxy)(proxy, {
    ...toProxy,
    method: "CONNECT",
    path: authority,
    headers: { host: authority, ...loginFor(proxy) },
    signal,
    ...(ca === undefined ? {} : { ca }),
  });
  asked.once("connect", ({ statusCode }, socket) => {
    if (statusCode !== 200) {
      socket.destroy();
      return reject(new Error(`the proxy ${proxy.host} answered ${statusCode}`));
    }
    const servername = isIP(host) === 0 ? host : "";
    const { connect } = process.getBuiltinModule("node:tls");
    const secure = connect({ socket, host, servername, ...(ca === undefined ? {} : { ca }) });
    secure.once("secureConnect", () => resolve(secure));
    secure.on("error", reject);
    signal.addEventListener("abort", () => secure.destroy(), { once: true });
    secure.once("close", () => reject(new Error(`the tunnel through ${proxy.host} was closed`)));
  });
  asked.once("response", ({ statusCode }) => {
    asked.destroy();
    reject(new Error(`the proxy ${proxy.host} answered ${statusCode}`));
  });
  asked.on("error", reject);
  asked.end();
  return promise;
}

function loginFor({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "") return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}
