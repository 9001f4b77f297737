/**
 * Typed events for whoever watches: an async iterator per watcher. A slow one loses the oldest, never slows the server.
 */

/** Many watchers of one stream. */
export interface EventStream<T> {
  /** Tells everybody. */
  tell(event: T): void;
  /** These first, then from now on, until the consumer leaves or the stream is closed. */
  watch(before?: readonly T[]): AsyncIterableIterator<T>;
  close(): void;
}

const maxWaiting = 10_000;

/** Makes a stream. */
export function eventStream<T>(): EventStream<T> {
  const watchers = new Set<Watcher<T>>();
  let isClosed = false;
  return {
    tell(event) {
      for (const watcher of watchers) watcher.push(event);
    },
    watch(before = []) {
      const watcher = new Watcher<T>(() => watchers.delete(watcher));
      for (const event of before) watcher.push(event);
      if (isClosed) watcher.end();
      else watchers.add(watcher);
      return watcher;
    },
    close() {
      isClosed = true;
      for (const watcher of watchers) watcher.end();
    },
  };
}

class Watcher<T> implements AsyncIterableIterator<T> {
  readonly #waiting: T[] = [];
  readonly #leave: () => void;
  #wake: (() => void) | undefined;
  #isOver = false;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  push(event: T): void {
    if (this.#waiting.length === maxWaiting) this.#waiting.shift();
    this.#waiting.push(event);
    this.#wake?.();
  }

  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<T>> {
    while (this.#waiting.length === 0 && !this.#isOver)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    const value = this.#waiting.shift();
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }

  async return(): Promise<IteratorResult<T>> {
    this.end();
    this.#waiting.length = 0;
    this.#leave();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
