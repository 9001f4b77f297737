/** Listens on one segment: asks soon after the link came, and then now and then, for a lost packet is not repeated. */
import type { MulticastDNS, ResponsePacket } from "multicast-dns";
import { service } from "../advert.ts";
import type { Watch } from "../patrol.ts";
import { isFrom, mayVisit, type Segment, type SegmentPolicy } from "../segment.ts";
import { closeSocket, openSocket } from "../socket.ts";
import { AdvertBook } from "./advert-book.ts";
import { Visitor, type VisitorOptions } from "./visitor.ts";

/** How it listens. */
export interface ListenerOptions extends Omit<VisitorOptions, "signal">, SegmentPolicy {
  readonly multicastPort: number;
  readonly queryMs: number;
}

const quickQueriesMs = [250, 1000, 2000, 4000];
/** Adverts that come in pieces are asked for by name, so often. */
const followUpMs = 1000;

/** One segment's ears. */
export class Listener implements Watch {
  readonly #socket: MulticastDNS;
  readonly #book = new AdvertBook();
  readonly #visitor: Visitor;
  readonly #stop = new AbortController();
  readonly #timers: NodeJS.Timeout[];
  readonly #repeat: NodeJS.Timeout;
  #followedUpAt = -followUpMs;

  constructor(segment: Segment, options: ListenerOptions) {
    this.#socket = openSocket(segment, options.multicastPort);
    const { name } = segment;
    this.#visitor = new Visitor(
      { name, zone: name, mayVisit: (address) => mayVisit(address, segment, options) },
      { ...options, signal: this.#stop.signal },
    );
    this.#socket.on(
      "response",
      (response: ResponsePacket, { address }: { readonly address: string }) => {
        if (isFrom(address, segment)) this.#take(response);
      },
    );
    this.#timers = quickQueriesMs.map((ms) => setTimeout(() => this.#ask(service), ms));
    this.#repeat = setInterval(() => {
      this.#ask(service);
      this.#visitor.revisit();
    }, options.queryMs);
  }

  /** Asks at once, and looks again at the servers that are known. */
  lookNow(): void {
    this.#ask(service);
    this.#visitor.revisit(0);
  }

  async end(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    clearInterval(this.#repeat);
    await closeSocket(this.#socket);
  }

  #take({ answers = [], additionals = [] }: ResponsePacket): void {
    for (const instance of this.#book.take([...answers, ...additionals])) {
      const found = this.#book.find(instance);
      if (!("ask" in found)) this.#visitor.hear(found);
      else if (performance.now() - this.#followedUpAt >= followUpMs) {
        this.#followedUpAt = performance.now();
        this.#ask(found.ask);
      }
    }
  }

  #ask(name: string): void {
    const types = name === service ? (["PTR"] as const) : (["SRV", "TXT", "A", "AAAA"] as const);
    this.#socket.query(
      types.map((type) => ({ name, type })),
      () => undefined, // a fault of the link is the patrol's to notice
    );
  }
}
