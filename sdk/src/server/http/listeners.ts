/**
 * Who listens to a stream that is open to everybody: a bounded number, shared out fairly. Where it is full, whoever
 * holds the most of it makes room for a newcomer who holds less, so nobody keeps the others out (THREATS T6).
 */
import type { PassThrough } from "node:stream";
import { networkOf } from "./network.ts";

/** Those who listen. */
export class Listeners implements Iterable<PassThrough> {
  readonly #most: number;
  readonly #all = new Set<PassThrough>();
  readonly #byNetwork = new Map<string, Set<PassThrough>>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): Iterator<PassThrough> {
    return this.#all.values();
  }

  /** It listens until it is closed. @returns false where there is no room for this address */
  add(listener: PassThrough, address: string): boolean {
    const network = networkOf(address);
    const own = this.#byNetwork.get(network) ?? new Set();
    if (this.#all.size >= this.#most && !this.#makeRoom(own.size)) return false;
    this.#byNetwork.set(network, own.add(listener));
    this.#all.add(listener);
    listener.once("close", () => this.#remove(listener, network));
    return true;
  }

  /**
   * The one who has listened longest, of the network with the most: a newcomer must still have fewer than it has then.
   */
  #makeRoom(held: number): boolean {
    let fullest: ReadonlySet<PassThrough> | undefined;
    let network = "";
    for (const [name, listeners] of this.#byNetwork)
      if (listeners.size > (fullest?.size ?? held + 1)) [network, fullest] = [name, listeners];
    const [longest] = fullest ?? [];
    if (longest === undefined) return false;
    this.#remove(longest, network);
    longest.destroy();
    return true;
  }

  #remove(listener: PassThrough, network: string): void {
    this.#all.delete(listener);
    const own = this.#byNetwork.get(network);
    own?.delete(listener);
    if (own?.size === 0) this.#byNetwork.delete(network);
  }
}
