/** A figure over time in few points, however long it takes: when there are too many, neighbours are put together. */

/** Points at equal distances. */
export interface Points {
  /** Seconds that one point stands for. */
  readonly everySeconds: number;
  readonly values: readonly number[];
}

const mostPoints = 720;

/** Collects one value a second. */
export class Series {
  readonly #kind: "level" | "rate";
  #values: number[] = [];
  #every = 1;
  #pending: number[] = [];

  /** @param kind level: the last value of an interval stands for it; rate: the mean does. */
  constructor(kind: "level" | "rate") {
    this.#kind = kind;
  }

  add(value: number): void {
    this.#pending.push(value);
    if (this.#pending.length < this.#every) return;
    this.#values.push(this.#together(this.#pending));
    this.#pending = [];
    if (this.#values.length < mostPoints) return;
    this.#values = Array.from({ length: mostPoints / 2 }, (_, index) =>
      this.#together(this.#values.slice(2 * index, 2 * index + 2)),
    );
    this.#every *= 2;
  }

  points(): Points {
    const values =
      this.#pending.length === 0 ? this.#values : [...this.#values, this.#together(this.#pending)];
    return { everySeconds: this.#every, values };
  }

  #together(values: readonly number[]): number {
    return this.#kind === "level"
      ? (values.at(-1) ?? 0)
      : values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}
