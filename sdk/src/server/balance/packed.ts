/**
 * A registered audience as columns: names and addresses as bytes one after the other, everything that many have in common
 * (domain, transport, groups) once. A million people take some 40 MB, none of it on the heap.
 */
import type { ReachableAgent } from "../audience.ts";
import type { Roster } from "./roster.ts";

/** Takes one after the other; a roster of everybody taken can be had at the end. */
export interface RosterPacker {
  readonly size: number;
  add(agent: ReachableAgent): void;
  /** Takes nobody any more. */
  pack(): Roster;
}

/** What an address has in common with others: all but what stands before the last @. */
interface Way {
  readonly transport: string;
  /** With its @; the whole address of who has none. */
  readonly tail: string;
  readonly destination: string;
}

/** Begins one. */
export function packRoster(): RosterPacker {
  const texts = new Texts();
  const ways = new Distinct<Way>();
  const wayOf = new Numbers();
  const groups = new Distinct<ReadonlySet<string>>();
  const groupsOf = new Numbers();
  const at = (index: number): Way => {
    const way = ways.items[wayOf.at(index)];
    if (way === undefined) throw new RangeError(`There is no way to agent ${index}.`);
    return way;
  };
  return {
    get size() {
      return wayOf.length;
    },
    add({ agent, address, transport, groups: own }) {
      const end = Math.max(0, address.lastIndexOf("@"));
      const tail = address.slice(end);
      texts.add(agent);
      texts.add(address.slice(0, end));
      wayOf.add(
        ways.numberOf(`${transport} ${tail}`, () => ({
          transport,
          tail,
          destination: tail.slice(tail.indexOf("@") + 1).toLowerCase(),
        })),
      );
      groupsOf.add(groups.numberOf(own.join(" "), () => new Set(own)));
    },
    pack: () => ({
      size: wayOf.length,
      agent: (index) => texts.at(2 * index),
      address: (index) => texts.at(2 * index + 1) + at(index).tail,
      transport: (index) => at(index).transport,
      destination: (index) => at(index).destination,
      isIn: (index, group) => groups.items[groupsOf.at(index)]?.has(group) === true,
    }),
  };
}

/** Each of them once, by number. */
class Distinct<T> {
  readonly items: T[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(key: string, make: () => T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.items.push(make()) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}

const chunkNumbers = 1 << 16;

/** Whole numbers below 2^32. They grow by chunks: nothing is copied, and nothing left to be collected. */
class Numbers {
  length = 0;
  readonly #chunks: Uint32Array[] = [];

  add(number: number): void {
    const place = this.length++ % chunkNumbers;
    if (place === 0) this.#chunks.push(new Uint32Array(chunkNumbers));
    const chunk = this.#chunks.at(-1);
    if (chunk !== undefined) chunk[place] = number;
  }

  at(index: number): number {
    if (index >= this.length) throw new RangeError(`There is no agent ${index}.`);
    return this.#chunks[Math.floor(index / chunkNumbers)]?.[index % chunkNumbers] ?? 0;
  }
}

const chunkBytes = 1 << 20;

/** Texts as UTF-8, at most 4 GB of them; each lies in one chunk. */
class Texts {
  readonly #chunks: Uint8Array[] = [];
  readonly #starts = new Numbers();
  readonly #lengths = new Numbers();
  #used = chunkBytes;

  add(text: string): void {
    if (this.#used + 3 * text.length > chunkBytes) {
      this.#chunks.push(new Uint8Array(Math.max(chunkBytes, 3 * text.length)));
      this.#used = 0;
    }
    const { written } = encoder.encodeInto(text, this.#last.subarray(this.#used));
    this.#starts.add((this.#chunks.length - 1) * chunkBytes + this.#used);
    this.#lengths.add(written);
    this.#used += written;
  }

  at(index: number): string {
    const start = this.#starts.at(index);
    const chunk = this.#chunks[Math.floor(start / chunkBytes)];
    const from = start % chunkBytes;
    return decoder.decode(chunk?.subarray(from, from + this.#lengths.at(index)));
  }

  get #last(): Uint8Array {
    return this.#chunks.at(-1) ?? new Uint8Array(0);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
