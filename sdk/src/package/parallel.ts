/** Bounded concurrency: so many tasks at once, started in order; the first failure stops the rest. */

/** Starts a task as soon as a lane is free, and returns once it is started. @throws the first failure of any task */
export type StartTask = (task: () => Promise<void>) => Promise<void>;

/**
 * Runs tasks in lanes. When this returns or throws, no task runs any more.
 *
 * @param width tasks at once, at least 1
 * @throws what `work` or the first task to fail threw
 */
export async function inLanes(
  width: number,
  work: (start: StartTask) => Promise<void>,
): Promise<void> {
  const lanes = new Lanes(width);
  try {
    await work((task) => lanes.start(task));
  } finally {
    await lanes.settle();
  }
  lanes.check();
}

class Lanes {
  readonly #width: number;
  #running = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(width: number) {
    this.#width = Math.max(1, width);
  }

  async start(task: () => Promise<void>): Promise<void> {
    while (this.#running >= this.#width) await this.#change();
    this.check();
    this.#running++;
    void this.#run(task);
  }

  async settle(): Promise<void> {
    while (this.#running > 0) await this.#change();
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#running--;
    this.#wake?.();
  }

  /** Until a task ends. Only one caller waits at a time: `work` starts its tasks one after the other. */
  async #change(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
