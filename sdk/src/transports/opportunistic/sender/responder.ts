/** Answers for one advert on one segment: announcements (RFC 6762 8.3), answers (6), goodbye (10.1). */
import type { MulticastDNS, QueryPacket } from "multicast-dns";
import { recordsOf, service, type Advert, type DnsRecord } from "../advert.ts";
import { isFrom, type Segment } from "../segment.ts";
import { closeSocket, openSocket } from "../socket.ts";

/** The list of all service types (RFC 6763 9). */
const allServices = "_services._dns-sd._udp.local";
/** A lost packet is made good by the next; after these it is the agents that ask. */
const repeatMs = [20, 1000, 3000];
/** Answers go to everybody on the segment: however many ask, no more often (RFC 6762 6). */
const restMs = 1000;

/** Present until it is closed. */
export class Responder {
  readonly #segment: Segment;
  readonly #advert: () => Omit<Advert, "addresses">;
  readonly #socket: MulticastDNS;
  #timers: NodeJS.Timeout[] = [];
  #saidAt = -Infinity;
  #answering: NodeJS.Timeout | undefined;

  constructor(segment: Segment, port: number, advert: () => Omit<Advert, "addresses">) {
    this.#segment = segment;
    this.#advert = advert;
    this.#socket = openSocket(segment, port);
    this.#socket.on("query", (query: QueryPacket, { address }: { readonly address: string }) => {
      if (isFrom(address, segment) && this.#isAsked(query)) this.#answer();
    });
    this.announce();
  }

  /** Says it unasked, several times. */
  announce(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = repeatMs.map((ms) => setTimeout(() => this.#say(this.#records()), ms));
  }

  /** Ends, with a goodbye where the link is still there. */
  async close(goodbye: boolean): Promise<void> {
    for (const timer of [...this.#timers, this.#answering]) clearTimeout(timer);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (goodbye) {
      // A packet that cannot leave must not hold up the end.
      const impatient = setTimeout(resolve, 500);
      this.#socket.respond(this.#records(0), () => resolve());
      await promise;
      clearTimeout(impatient);
    }
    await closeSocket(this.#socket);
  }

  /** At once, or, where that was said just now, once for all who ask until its rest is over. */
  #answer(): void {
    const rest = Math.max(0, this.#saidAt + restMs - performance.now());
    this.#answering ??= setTimeout(() => this.#say(this.#records()), rest);
  }

  #isAsked({ questions = [] }: QueryPacket): boolean {
    const { instance } = this.#advert();
    const ours = [service, `${instance}.${service}`, `${instance}.local`, allServices];
    return questions.some(({ name }) => ours.includes(name.toLowerCase()));
  }

  #records(ttl?: number): DnsRecord[] {
    const records = recordsOf({ ...this.#advert(), addresses: this.#segment.addresses }, ttl);
    // Whether there are other servers is not ours to say: no goodbye for the type.
    return ttl === 0
      ? records
      : [...records, { name: allServices, type: "PTR", ttl: 4500, data: service }];
  }

  #say(answers: DnsRecord[]): void {
    this.#saidAt = performance.now();
    clearTimeout(this.#answering);
    this.#answering = undefined;
    this.#socket.respond({ answers }, () => undefined); // a fault of the link is the patrol's to notice
  }
}
