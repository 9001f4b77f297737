/**
 * What was settled, by the SHA-256 of the mail's header: so that a mailbox that was rebuilt, or a mail that somebody
 * moved, has no second effect. A header's octets cannot be foreseen by others (Received), a Message-ID can.
 */

const maxTombstones = 2000;

/** The last 2,000. */
export class Tombstones {
  readonly #headers: Set<string>;

  constructor(headers: readonly string[] = []) {
    this.#headers = new Set(headers);
  }

  /** Was a mail with this header settled? */
  has(headerSha256: string): boolean {
    return this.#headers.has(headerSha256);
  }

  /** Notes one; the oldest gives way. */
  add(headerSha256: string): void {
    this.#headers.delete(headerSha256);
    this.#headers.add(headerSha256);
    for (const oldest of this.#headers) {
      if (this.#headers.size <= maxTombstones) break;
      this.#headers.delete(oldest);
    }
  }

  /** Oldest first. */
  list(): string[] {
    return [...this.#headers];
  }
}
