/**
 * The Internet utility (Fig. 4, step 88): gets an archive by HTTP(S) from a configured host, resuming by Range.
 *
 * The name asked for is the signed digest; the signed length caps what is read, the digest decides. What the server
 * says of itself (length, range, ETag) only saves time. RFC 9110 13–15.
 */
import type { LookupFunction } from "node:net";
import { OutriderError } from "../../errors/index.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import {
  isComplete,
  throwIfCancelled,
  type Obtainer,
  type ObtainRequest,
} from "../../transport/index.ts";
import { environmentProxies, type ChooseProxy, type WebAccess } from "../../transport/web/index.ts";
import { Download } from "./download.ts";
import { checkUrl, type HttpPolicy } from "./policy.ts";
import { head, type RequestOptions } from "./request.ts";
import { Watchdog } from "./watchdog.ts";

/** How archives are got by HTTP. */
export interface HttpObtainerOptions extends WebAccess {
  /** Hosts allowed, `host` or `host:port`; from this machine's configuration. */
  readonly hosts: readonly string[];
  /** Allow loopback and link-local addresses; default false. */
  readonly allowLoopback?: boolean;
  /** Default: as the environment says. A proxy resolves names itself: there the hosts are the only bound. */
  readonly proxies?: ChooseProxy;
  /** Bytes per second that must come in every window; default 256. */
  readonly minimumBytesPerSecond?: number;
  /** That window; default 30,000. */
  readonly rateWindowMs?: number;
  /** Time for one archive; default what the minimum rate takes, and ten minutes. */
  readonly deadlineMs?: number;
  /** Default 5. */
  readonly maxRedirects?: number;
  /** Connections tried while each brings something new; default 5. */
  readonly maxAttempts?: number;
  readonly fileSystem?: FileSystem;
}

/** Obtains by HTTP. @throws CONFIG_INVALID for a host with a scheme or a path, or a proxy that is none */
export function httpObtainer(options: HttpObtainerOptions): Obtainer {
  const { hosts, allowLoopback = false, ca, proxies = environmentProxies() } = options;
  const url = hosts.find((host) => host.includes("/"));
  if (url !== undefined)
    throw new OutriderError("CONFIG_INVALID", `${url} is no host: write host or host:port.`, {
      subject: url,
    });
  const access: WebAccess = { proxies, ...(ca === undefined ? {} : { ca }) };
  const rate = options.minimumBytesPerSecond ?? 256;
  const fileSystem = options.fileSystem ?? nodeFileSystem;

  /** @throws SOURCE_FORBIDDEN */
  function routeTo(request: ObtainRequest, signal: AbortSignal): { url: URL } & RequestOptions {
    const { beside } = request;
    const url = archiveUrl(request, beside?.url ?? request.url);
    // What lies beside the catalog is asked for where the transport found that, and nowhere else.
    const route: RequestOptions =
      beside === undefined
        ? {
            policy: { hosts, allowLoopback },
            access,
            maxRedirects: options.maxRedirects ?? 5,
            signal,
          }
        : { policy: onlyHost(url, beside.lookup), access: beside, maxRedirects: 0, signal };
    checkUrl(url, route.policy);
    return { url, ...route };
  }

  return {
    name: "http",
    async obtain(request, { signal }) {
      const { url } = routeTo(request, signal);
      if (await isComplete(fileSystem, request, signal))
        return { path: request.target, transferred: 0 };
      const watchdog = new Watchdog(url.href, {
        minimumBytesPerSecond: rate,
        windowMs: options.rateWindowMs ?? 30_000,
        deadlineMs: options.deadlineMs ?? 600_000 + (request.size / rate) * 1000,
      });
      const route = routeTo(request, AbortSignal.any([signal, watchdog.signal]));
      const download = new Download(request, url, { ...route, fileSystem, watchdog });
      try {
        const transferred = await download.run(options.maxAttempts ?? 5);
        return { path: request.target, transferred };
      } catch (error) {
        throwIfCancelled(signal, url.href);
        throw watchdog.signal.aborted ? watchdog.signal.reason : error;
      } finally {
        watchdog.stop();
      }
    },
    async probe(request, { signal }) {
      const { url, ...route } = routeTo(request, signal);
      const answer = await head(url, route);
      const { statusCode = 0 } = answer;
      // Whether it is there, the download itself finds out at no greater cost.
      return statusCode < 500 && statusCode !== 429 ? "reachable" : "unreachable";
    },
  };
}

function onlyHost(
  { hostname, port, protocol }: URL,
  lookup: LookupFunction | undefined,
): HttpPolicy {
  const host = `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
  return { hosts: [host], allowLoopback: true, ...(lookup === undefined ? {} : { lookup }) };
}

function archiveUrl({ sha256, target }: ObtainRequest, url: string | undefined): URL {
  const folder = url === undefined ? null : URL.parse(url);
  if (folder === null || !folder.pathname.endsWith("/") || !/^[0-9a-f]{64}$/.test(sha256))
    throw new OutriderError(
      "SOURCE_FORBIDDEN",
      `The source ${JSON.stringify(url?.slice(0, 200) ?? "")} is no folder of archives; it was not opened.`,
      { subject: target },
    );
  return new URL(`${sha256}.outrider`, folder);
}
