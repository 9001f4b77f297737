/**
 * The opportunistic transport (patent 17, agent half): patrols the segments this machine is linked to, and the sticks
 * put into it, and takes the signed catalog from whatever offers one. An advert is only a hint; the agent's verifier
 * decides.
 */
import { silentLogger, type FileSystem, type Logger } from "../../../ports/index.ts";
import type { Receiver } from "../../../transport/index.ts";
import { Patrol, type PatrolOptions, type Watch } from "../patrol.ts";
import { describeSegments } from "../segment.ts";
import { defaultPort } from "../socket.ts";
import { DomainListener } from "./domain.ts";
import { Listener } from "./listener.ts";
import { watchMounts } from "./mounts.ts";
import { Offers } from "./offers.ts";

/** Where it patrols, and within which bounds. */
export interface OpportunisticReceiverOptions extends PatrolOptions {
  /** Paths that are read like a share when they appear; none unless given. */
  readonly mounts?: readonly string[];
  /** Domains whose name servers are asked for servers beyond the segments (unicast DNS-SD); none unless given. */
  readonly domains?: readonly string[];
  /** Those name servers, `address` or `address:port`; the system's unless given. */
  readonly nameServers?: readonly string[];
  /** Pause between questions to a segment or domain, after the quick ones; default 60,000. */
  readonly queryMs?: number;
  /** Pause before a server or stick whose catalog was handled is read again; default 300,000. */
  readonly pollMs?: number;
  /** Deadline of one request; default 10,000. */
  readonly timeoutMs?: number;
  /** Requests for catalogs per segment; default 30. */
  readonly maxVisitsPerMinute?: number;
  /** UDP port of multicast DNS; default 5353. */
  readonly multicastPort?: number;
  readonly fileSystem?: FileSystem;
  readonly logger?: Logger;
}

/** Hears from what is near. */
export function opportunisticReceiver(options: OpportunisticReceiverOptions = {}): Receiver {
  const { logger = silentLogger, pollMs = 300_000, queryMs = 60_000 } = options;
  const { timeoutMs = 10_000, maxVisitsPerMinute = 30, multicastPort = defaultPort } = options;
  const bounds = { queryMs, timeoutMs, maxVisitsPerMinute };
  let watches: () => Iterable<Watch> = () => [];
  return {
    name: "opportunistic",
    lookNow() {
      for (const watch of watches()) watch.lookNow?.();
    },
    async *receive({ signal }) {
      const stop = new AbortController();
      const stopped = AbortSignal.any([signal, stop.signal]);
      const offers = new Offers();
      const shared = { ...options, ...bounds, logger, offers, pollMs };
      let beyond: readonly DomainListener[] = [];
      const askDomains = (): void => {
        for (const listener of beyond) void listener.end();
        beyond = (options.domains ?? []).map((domain) => new DomainListener(domain, shared));
      };
      const patrol = new Patrol(
        {
          ...options,
          onLink() {
            offers.forgetSettled();
            askDomains();
          },
          onSegments(segments) {
            logger.log("info", `Looking for servers on ${describeSegments(segments)}.`);
          },
        },
        (segment) => new Listener(segment, { ...shared, multicastPort }),
      );
      watches = () => [...patrol.watches, ...beyond];
      const mounts = watchMounts({
        ...shared,
        mounts: options.mounts ?? [],
        lookMs: options.patrolMs ?? 500,
        signal: stopped,
      });
      try {
        for (;;) {
          const incoming = await offers.next(stopped);
          if (incoming === undefined) return;
          yield incoming;
        }
      } finally {
        stop.abort();
        watches = () => [];
        await Promise.all([patrol.end(), ...beyond.map((listener) => listener.end())]);
        await mounts;
      }
    },
  };
}
