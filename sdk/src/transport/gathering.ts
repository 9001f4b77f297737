/** Many small pieces become few writes: copied into one buffer, so that a piece is its owner's again at once. */

const gatheredBytes = 256 * 1024;

/** Writes when there is enough. */
export class Gathering {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  #buffer = new Uint8Array(0);
  #waiting = 0;

  /** @param write takes bytes that are its own until it has resolved. */
  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  /** Copies it. */
  async push(bytes: Uint8Array): Promise<void> {
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(gatheredBytes);
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + gatheredBytes - this.#waiting);
      this.#buffer.set(taken, this.#waiting);
      this.#waiting += taken.length;
      at += taken.length;
      if (this.#waiting === gatheredBytes) await this.flush();
    }
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#waiting);
    this.#waiting = 0;
    if (bytes.length > 0) await this.#write(bytes);
  }
}
