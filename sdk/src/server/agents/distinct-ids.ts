/**
 * Does a list have anybody twice? Of each id only a number is kept, 8 bytes, and the list is gone through again only
 * where two numbers are alike: a million machines are no load.
 */
import { OutriderError } from "../../errors/index.ts";
import type { RegisteredAgent } from "../../schema/index.ts";

/** Numbers of ids. */
export class IdNumbers {
  #numbers = new Float64Array(1024);
  #count = 0;

  /** The same agents, noted as they pass. */
  *noting(agents: Iterable<RegisteredAgent>): Generator<RegisteredAgent> {
    for (const agent of agents) {
      if (this.#count === this.#numbers.length) {
        const numbers = new Float64Array(2 * this.#count);
        numbers.set(this.#numbers);
        this.#numbers = numbers;
      }
      this.#numbers[this.#count++] = numberOf(agent.id);
      yield agent;
    }
  }

  /** @param agents those that were noted. @throws DOCUMENT_INVALID naming the first that is there twice */
  requireDistinct(agents: Iterable<RegisteredAgent>, file: string): void {
    const sorted = this.#numbers.subarray(0, this.#count).toSorted();
    const alike = new Set<number>(sorted.filter((number, at) => number === sorted[at - 1]));
    if (alike.size === 0) return;
    const seen = new Set<string>();
    for (const { id } of agents) {
      if (seen.has(id))
        throw new OutriderError("DOCUMENT_INVALID", `${file} has the agent ${id} twice.`, {
          subject: file,
        });
      if (alike.has(numberOf(id))) seen.add(id);
    }
  }
}

/** 53 bits of two sums (FNV-1a with two starts). */
function numberOf(id: string): number {
  let one = 0x811c9dc5;
  let other = 0x01000193;
  for (let at = 0; at < id.length; at++) {
    const unit = id.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x85ebca6b);
  }
  return (one >>> 11) * 2 ** 32 + (other >>> 0);
}
