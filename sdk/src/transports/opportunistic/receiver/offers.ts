/**
 * Catalogs that wait for the agent, one per carrier; what was not settled is offered again, without asking the carrier.
 */
import { sha256Hex } from "../../../signing/index.ts";
import { pause, type Incoming } from "../../../transport/index.ts";
import { catalogFrom, type Tree } from "../../../transport/tree/index.ts";

/** An unsettled catalog is offered again after this. */
const repeatMs = 10_000;
const maxEntries = 64;

type Verdict = Parameters<Incoming["settle"]>[0];

interface Offer {
  readonly incoming: Incoming;
  readonly digest: string;
  dueAt: number;
}

/** What was found, until it is settled. */
export class Offers {
  readonly #offers = new Map<string, Offer>();
  readonly #settled = new Map<string, Verdict>();
  #wake: AbortController = new AbortController();

  /** Puts the catalog of a carrier in the place of its earlier one; `onSettled` hears what became of these bytes. */
  put(tree: Tree, bytes: Uint8Array, onSettled?: (verdict: Verdict) => void): void {
    const digest = sha256Hex(bytes);
    const known = this.#settled.get(digest);
    if (known !== undefined) return onSettled?.(known);
    if (this.#offers.get(tree.origin)?.digest === digest) return;
    const incoming = catalogFrom(tree, bytes, (verdict) => {
      if (this.#offers.get(tree.origin)?.digest === digest) this.#offers.delete(tree.origin);
      this.#settled.set(digest, verdict);
      dropOldest(this.#settled);
      onSettled?.(verdict);
    });
    this.#offers.delete(tree.origin);
    this.#offers.set(tree.origin, { incoming, digest, dueAt: 0 });
    dropOldest(this.#offers);
    this.#wake.abort();
  }

  /** A new link or stick: what was settled is worth another look, since its archives may be within reach now. */
  forgetSettled(): void {
    this.#settled.clear();
  }

  /** The carrier is gone, and with it what it offered. */
  withdraw(origin: string): void {
    this.#offers.delete(origin);
  }

  /** The next one, waited for; undefined once the signal is given. */
  async next(signal: AbortSignal): Promise<Incoming | undefined> {
    while (!signal.aborted) {
      const [first] = [...this.#offers.values()].toSorted((a, b) => a.dueAt - b.dueAt);
      const now = performance.now();
      if (first !== undefined && first.dueAt <= now) {
        first.dueAt = now + repeatMs;
        return first.incoming;
      }
      this.#wake = new AbortController();
      const waitMs = first === undefined ? 60_000 : first.dueAt - now;
      await pause(waitMs, AbortSignal.any([signal, this.#wake.signal]));
    }
    return undefined;
  }
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (map.size > maxEntries && oldest !== undefined) map.delete(oldest);
}
