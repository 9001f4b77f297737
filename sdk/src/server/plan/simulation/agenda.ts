/**
 * Who does something in which second, and who stands in which queue, for ten million machines: linked lists through one
 * column of numbers. A machine is in one list at a time.
 */

/** Lists by second, and queues. */
export class Agenda {
  /** The next one in the same list, plus one; 0 ends it. */
  readonly #next: Uint32Array;
  readonly #firstOfSecond: Uint32Array;

  /** @param seconds of the whole simulation; what would come later is not noted. */
  constructor(machines: number, seconds: number) {
    this.#next = new Uint32Array(machines);
    this.#firstOfSecond = new Uint32Array(seconds);
  }

  /** Notes a machine for a second. */
  note(machine: number, second: number): void {
    if (second >= this.#firstOfSecond.length) return;
    this.#next[machine] = this.#firstOfSecond[second] ?? 0;
    this.#firstOfSecond[second] = machine + 1;
  }

  /** Calls for each who is noted for this second. They may be noted anew, for later. */
  each(second: number, call: (machine: number) => void): void {
    for (let entry = this.#firstOfSecond[second] ?? 0; entry !== 0;) {
      const machine = entry - 1;
      entry = this.#next[machine] ?? 0;
      call(machine);
    }
  }

  /** A queue through the same column. */
  queue(): Queue {
    return new Queue(this.#next);
  }
}

/** First in, first out, so many in a second. */
export class Queue {
  readonly #next: Uint32Array;
  #first = 0;
  #last = 0;
  #credit = 0;
  length = 0;

  constructor(next: Uint32Array) {
    this.#next = next;
  }

  add(machine: number): void {
    this.#next[machine] = 0;
    if (this.#first === 0) this.#first = machine + 1;
    else this.#next[this.#last - 1] = machine + 1;
    this.#last = machine + 1;
    this.length++;
  }

  /** Serves as many as a second allows, fractions saved up. Returns how many. */
  serve(perSecond: number, call: (machine: number) => void): number {
    this.#credit += perSecond;
    let served = 0;
    for (; this.#first !== 0 && this.#credit >= 1; served++, this.#credit--, this.length--) {
      const machine = this.#first - 1;
      this.#first = this.#next[machine] ?? 0;
      call(machine);
    }
    if (this.#first === 0) this.#credit = 0; // what was not needed is not saved up
    return served;
  }
}
