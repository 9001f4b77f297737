/**
 * A figure over time in few points, however long it takes: the later, the further apart they lie, since what matters at
 * the beginning is a matter of seconds, and at the end one of hours.
 */

/** Points of a curve. */
export interface Points {
  /** Seconds since the beginning. */
  readonly seconds: readonly number[];
  readonly values: readonly number[];
}

/** Two points are this part of their time apart: a week takes 1,300 of them. */
const apart = 1 / 150;

/** Collects one value a second. */
export class Series {
  readonly #kind: "level" | "rate";
  /** Seconds between two points at the beginning: a rate of one second says little. */
  readonly #least: number;
  readonly #seconds: number[] = [];
  readonly #values: number[] = [];
  #now = 0;
  #sum = 0;
  #last = 0;
  #from = 0;

  /** @param kind level: a point is the value at its time; rate: the mean since the point before. */
  constructor(kind: "level" | "rate") {
    this.#kind = kind;
    this.#least = kind === "level" ? 1 : 10;
  }

  add(value: number): void {
    this.#now++;
    this.#sum += value;
    this.#last = value;
    if (this.#now >= this.#from + Math.max(this.#least, Math.floor(this.#from * apart)))
      this.#point();
  }

  /** @param by factor of every value. */
  points(by: number): Points {
    if (this.#now > this.#from) this.#point();
    return { seconds: this.#seconds, values: this.#values.map((value) => value * by) };
  }

  #point(): void {
    const mean = this.#sum / (this.#now - this.#from);
    this.#seconds.push(this.#now);
    this.#values.push(this.#kind === "level" ? this.#last : mean);
    this.#from = this.#now;
    this.#sum = 0;
  }
}
