/**
 * Servers beyond this segment: the name servers of a configured domain are asked for `_outrider._tcp` (unicast DNS-SD,
 * RFC 6763 10 and 11). What they answer is a hint like any advert.
 */
import { Resolver } from "node:dns/promises";
import type { Logger } from "../../../ports/index.ts";
import { isPath, readText, serviceType } from "../advert.ts";
import type { Watch } from "../patrol.ts";
import { mayVisitBeyond, type SegmentPolicy } from "../segment.ts";
import { Visitor, type VisitorOptions } from "./visitor.ts";

/** How a domain is asked. */
export interface DomainOptions extends Omit<VisitorOptions, "signal">, SegmentPolicy {
  readonly queryMs: number;
  /** Name servers, `address` or `address:port`; the system's unless given. */
  readonly nameServers?: readonly string[];
  readonly logger: Logger;
}

/** The link may be up before the way to the name server is. */
const quickQueriesMs = [100, 1000, 2000, 4000];
const maxInstances = 16;
const resolving = { timeout: 2000, tries: 2 } as const;

/** One domain's ears. */
export class DomainListener implements Watch {
  readonly #domain: string;
  readonly #options: DomainOptions;
  readonly #visitor: Visitor;
  readonly #stop = new AbortController();
  readonly #timers: NodeJS.Timeout[];
  readonly #repeat: NodeJS.Timeout;

  constructor(domain: string, options: DomainOptions) {
    this.#domain = domain;
    this.#options = options;
    this.#visitor = new Visitor(
      { name: domain, mayVisit: (address) => mayVisitBeyond(address, options) },
      { ...options, signal: this.#stop.signal },
    );
    this.#timers = quickQueriesMs.map((ms) => setTimeout(() => void this.#ask(), ms));
    this.#repeat = setInterval(() => {
      void this.#ask();
      this.#visitor.revisit();
    }, options.queryMs);
  }

  lookNow(): void {
    void this.#ask();
    this.#visitor.revisit(0);
  }

  async end(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    clearInterval(this.#repeat);
  }

  async #ask(): Promise<void> {
    // A new one each time: it reads which name servers the system has now.
    const resolver = new Resolver(resolving);
    if (this.#options.nameServers !== undefined) resolver.setServers(this.#options.nameServers);
    const cancel = (): void => resolver.cancel();
    this.#stop.signal.addEventListener("abort", cancel, { once: true });
    try {
      const suffix = `.${serviceType}.${this.#domain}`.toLowerCase();
      const instances = await resolver.resolvePtr(suffix.slice(1));
      for (const instance of instances.slice(0, maxInstances))
        if (instance.toLowerCase().endsWith(suffix)) await this.#resolve(instance, resolver);
    } catch (error) {
      const cause = (error as Error).message;
      this.#options.logger.log("debug", `No servers are named in ${this.#domain}.`, { cause });
    } finally {
      this.#stop.signal.removeEventListener("abort", cancel);
    }
  }

  async #resolve(instance: string, resolver: Resolver): Promise<void> {
    const [[place], texts] = await Promise.all([
      resolver.resolveSrv(instance),
      resolver.resolveTxt(instance).catch(() => []),
    ]);
    if (place === undefined) return;
    const addresses = await Promise.all([
      resolver.resolve4(place.name).catch(() => []),
      resolver.resolve6(place.name).catch(() => []),
    ]);
    const text = readText(texts[0] ?? []);
    const path = text.get("path") ?? "/";
    this.#visitor.hear({
      instance,
      port: place.port,
      path: isPath(path) ? path : "/",
      state: text.get("state") ?? "",
      addresses: addresses.flat(),
    });
  }
}
