/** Bounded concurrency: at most so many tasks at once, the first failure stops the rest. */
export class Lanes {
  readonly #width: number;
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  /** @param width tasks at once, at least 1 */
  constructor(width: number) {
    this.#width = Math.max(1, width);
  }

  /** Starts the task as soon as a lane is free. @throws the first failure of any task */
  async start(task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#width) await Promise.race(this.#running);
    this.#check();
    const running = task().then(
      () => void this.#running.delete(running),
      (error: unknown) => {
        this.#running.delete(running);
        this.#failure ??= { error };
      },
    );
    this.#running.add(running);
  }

  /** Waits for all. @throws the first failure of any task */
  async finish(): Promise<void> {
    await this.settle();
    this.#check();
  }

  /** Waits for all, whatever became of them. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
