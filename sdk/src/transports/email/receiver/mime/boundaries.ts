/** The boundaries of the multiparts that are open, and the lines that match them (RFC 2046 5.1.1). */
import { ambiguous } from "./limits.ts";

/** A line that ends a part: the delimiter of which open multipart, and whether its last. */
export interface Delimiter {
  readonly level: number;
  readonly closing: boolean;
}

const wellFormed = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;

/** The open multiparts, outermost first. */
export class Boundaries {
  readonly #open: string[] = [];
  readonly #closed: string[] = [];

  /** How many are open. */
  get depth(): number {
    return this.#open.length;
  }

  /** @throws MESSAGE_AMBIGUOUS where it is missing, malformed, or cannot be told from another */
  push(boundary: string | undefined): void {
    if (boundary === undefined || !wellFormed.test(boundary))
      throw ambiguous("a multipart has no proper boundary");
    const marker = `--${boundary}`;
    for (const other of [...this.#open, ...this.#closed])
      if (other.startsWith(marker) || marker.startsWith(other))
        throw ambiguous("the boundaries of two multiparts cannot be told apart");
    this.#open.push(marker);
  }

  /** The innermost has ended. */
  pop(): void {
    const marker = this.#open.pop();
    if (marker !== undefined) this.#closed.push(marker);
  }

  /** @throws MESSAGE_AMBIGUOUS for a line that some readers would take for a delimiter and some not */
  match(line: string): Delimiter | undefined {
    if (!line.startsWith("--")) return undefined;
    for (const [level, marker] of this.#open.entries()) {
      if (!line.startsWith(marker)) continue;
      const rest = line.slice(marker.length).trimEnd();
      if (rest === "") return { level, closing: false };
      if (rest === "--") return { level, closing: true };
      throw ambiguous("a line is almost a boundary");
    }
    if (this.#closed.some((marker) => line.startsWith(marker)))
      throw ambiguous("a multipart goes on after its end");
    return undefined;
  }
}
