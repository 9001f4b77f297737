/**
 * Asks the servers that adverts name: one bounded request per advert until it changes, to addresses of the segment it
 * came from only, at most so many a minute (THREATS N15). Only a server whose catalog was handled earns repeated looks.
 */
import { isIP } from "node:net";
import type { Logger } from "../../../ports/index.ts";
import { pause } from "../../../transport/index.ts";
import { isLinkLocal } from "../../../transport/near-address.ts";
import { httpTree, type Tree } from "../../../transport/tree/index.ts";
import type { Advert } from "../advert.ts";
import type { Offers } from "./offers.ts";

/** How servers are asked. */
export interface VisitorOptions {
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly maxVisitsPerMinute: number;
  readonly logger: Logger;
  readonly offers: Offers;
  readonly signal: AbortSignal;
}

/** Where adverts are heard: one segment, or one domain. */
export interface Neighbourhood {
  /** For people: the interface, or the domain. */
  readonly name: string;
  /** What link-local addresses of it end in. */
  readonly zone?: string;
  mayVisit(address: string): boolean;
}

interface Known {
  readonly advert: Advert;
  readonly fingerprint: string;
  /** Given once a later advert of it stands, or it was forgotten: nobody waits on its behalf any more. */
  readonly outdated: AbortController;
  isVisited: boolean;
  visitedAt: number;
  verified: boolean;
}

const maxKnown = 64;
const maxAddresses = 4;
/** Nobody was asked yet where no connection came about. */
const notReached = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "ENETDOWN"];
const retryMs = [250, 500, 1000, 2000, 4000];

/** The servers of one neighbourhood. */
export class Visitor {
  readonly #neighbourhood: Neighbourhood;
  readonly #options: VisitorOptions;
  readonly #known = new Map<string, Known>();
  readonly #trees = new Map<string, Tree>();
  #visits: number[] = [];

  constructor(neighbourhood: Neighbourhood, options: VisitorOptions) {
    this.#neighbourhood = neighbourhood;
    this.#options = options;
  }

  /** An advert was heard. */
  hear(advert: Advert): void {
    const { port, path, state, addresses, instance } = advert;
    const fingerprint = JSON.stringify([port, path, state, addresses.toSorted()]);
    const before = this.#known.get(instance);
    if (before?.fingerprint === fingerprint) return;
    const known: Known = {
      advert,
      fingerprint,
      outdated: new AbortController(),
      isVisited: false,
      visitedAt: 0,
      verified: before?.verified ?? false,
    };
    this.#forget(instance);
    this.#known.set(instance, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnown && oldest !== undefined) this.#forget(oldest);
    void this.#visit(known);
  }

  /** Looks again at those that earned it and were not asked for so long. */
  revisit(afterMs: number = this.#options.pollMs): void {
    const before = performance.now() - afterMs;
    for (const known of this.#known.values())
      if (known.verified && !known.isVisited && known.visitedAt < before) void this.#visit(known);
  }

  #forget(instance: string): void {
    this.#known.get(instance)?.outdated.abort();
    this.#known.delete(instance);
  }

  async #visit(known: Known): Promise<void> {
    known.isVisited = true;
    try {
      await this.#ask(known, AbortSignal.any([this.#options.signal, known.outdated.signal]));
    } finally {
      known.isVisited = false;
    }
  }

  /**
   * @param waiting ends only waiting: a request that has begun goes on, or a flood could end those to honest servers
   */
  async #ask(known: Known, waiting: AbortSignal): Promise<void> {
    const { signal, logger } = this.#options;
    for (const waitMs of retryMs) {
      if (!(await this.#admit(waiting))) return;
      known.visitedAt = performance.now();
      const { advert } = known;
      const addresses = advert.addresses
        .filter((address) => this.#neighbourhood.mayVisit(address))
        .slice(0, maxAddresses);
      for (const address of addresses) {
        const tree = this.#treeAt(address, advert);
        try {
          const bytes = await tree.catalog({ signal });
          this.#options.offers.put(tree, bytes, (verdict) => {
            known.verified ||= verdict === "handled";
          });
          return;
        } catch (error) {
          if (signal.aborted) return;
          const { message, cause } = error as Error;
          logger.log(
            "debug",
            `${tree.origin}, announced on ${this.#neighbourhood.name}, was no use.`,
            {
              cause: message,
            },
          );
          const code = String((cause as NodeJS.ErrnoException | undefined)?.code);
          if (!notReached.includes(code)) return;
        }
      }
      if (addresses.length === 0) return;
      await pause(waitMs, waiting);
    }
  }

  /** Waits for its turn; false once the signal is given. */
  async #admit(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const now = performance.now();
      this.#visits = this.#visits.filter((at) => at > now - 60_000);
      const [first] = this.#visits;
      if (this.#visits.length < this.#options.maxVisitsPerMinute || first === undefined) {
        this.#visits.push(now);
        return true;
      }
      await pause(first + 60_000 - now, signal);
    }
    return false;
  }

  #treeAt(address: string, { port, path }: Advert): Tree {
    const isV6 = isIP(address) === 6;
    const { zone } = this.#neighbourhood;
    const zoned = isV6 && zone !== undefined && isLinkLocal(address);
    // A URL cannot carry the zone of a link-local address: it goes by a name that only this lookup knows.
    const host = zoned
      ? `${address.replaceAll(":", "-")}.invalid`
      : isV6
        ? `[${address}]`
        : address;
    const url = `http://${host}:${port}${path}`;
    const { timeoutMs } = this.#options;
    const tree =
      this.#trees.get(url) ??
      httpTree({
        url,
        timeoutMs,
        ...(zoned ? { lookup: lookupOf(`${address}%${zone}`) } : {}),
      });
    this.#trees.delete(url);
    this.#trees.set(url, tree);
    const [oldest] = this.#trees.keys();
    if (this.#trees.size > maxKnown && oldest !== undefined) this.#trees.delete(oldest);
    return tree;
  }
}

function lookupOf(address: string): NonNullable<Parameters<typeof httpTree>[0]["lookup"]> {
  return (_host, { all }, done) =>
    all === true ? done(null, [{ address, family: 6 }]) : done(null, address, 6);
}
