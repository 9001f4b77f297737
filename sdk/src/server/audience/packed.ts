/**
 * A registered audience as columns: names and addresses as bytes one after the other, everything that many have in
 * common (domain, transport, groups) once. A million people take some 40 MB, none of it on the heap.
 */
import { destinationOf } from "../limits/pace.ts";
import type { ReachableAgent } from "./reach.ts";
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
  const texts = new Pairs();
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
      texts.add(agent, address.slice(0, end));
      wayOf.add(
        ways.numberOf(`${transport} ${tail}`, () => ({
          transport,
          tail,
          destination: destinationOf(tail),
        })),
      );
      groupsOf.add(groups.numberOf(own.join(" "), () => new Set(own)));
    },
    pack: () => ({
      size: wayOf.length,
      agent: (index) => texts.at(index, 0),
      address: (index) => texts.at(index, 1) + at(index).tail,
      transport: (index) => at(index).transport,
      destination: (index) => at(index).destination,
      isIn: (index, group) => groups.items[groupsOf.at(index)]?.has(group) === true,
    }),
  };
}

/** The roster of these. */
export function rosterOf(audience: Iterable<ReachableAgent>): Roster {
  const packer = packRoster();
  for (const agent of audience) packer.add(agent);
  return packer.pack();
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

/** Pairs of texts as UTF-8, each after its length in two bytes; at most 4 GB of them. A pair lies in one chunk. */
class Pairs {
  readonly #chunks: DataView<ArrayBuffer>[] = [];
  readonly #starts = new Numbers();
  #used = chunkBytes;

  /** Neither longer than 20,000 characters: an address has 320 (RFC 5321 4.5.3.1). */
  add(one: string, other: string): void {
    const most = 4 + 3 * (one.length + other.length);
    if (this.#used + most > chunkBytes) {
      this.#chunks.push(new DataView(new ArrayBuffer(chunkBytes)));
      this.#used = 0;
    }
    this.#starts.add((this.#chunks.length - 1) * chunkBytes + this.#used);
    this.#write(one);
    this.#write(other);
  }

  /** The first of a pair, or the second. */
  at(index: number, which: 0 | 1): string {
    const start = this.#starts.at(index);
    const chunk = this.#chunks[Math.floor(start / chunkBytes)];
    if (chunk === undefined) throw new RangeError(`There is no agent ${index}.`);
    let from = start % chunkBytes;
    if (which === 1) from += 2 + chunk.getUint16(from);
    return decoder.decode(new Uint8Array(chunk.buffer, from + 2, chunk.getUint16(from)));
  }

  #write(text: string): void {
    const chunk = this.#chunks.at(-1);
    if (chunk === undefined) return;
    const room = new Uint8Array(chunk.buffer, this.#used + 2);
    const { written } = encoder.encodeInto(text, room);
    chunk.setUint16(this.#used, written);
    this.#used += 2 + written;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
