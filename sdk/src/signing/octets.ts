/**
 * Reads octets in order. Running past the end, or stopping before it, is a refusal: every length is exact, so there is
 * no second way to read the same octets. Numbers are big-endian (RFC 9580 3.1).
 */
import { say, type Sentence } from "../errors/index.ts";
import { refuse } from "./refuse.ts";

/** Whose octets are read, which decides what a refusal is called. */
export type Malformed = "SIGNATURE_MALFORMED" | "KEY_REFUSED";

/** Reads octets from the front; past their end is a refusal, never `undefined`. */
export class OctetReader {
  /** How many were read so far. */
  position = 0;
  readonly octets: Uint8Array;
  readonly code: Malformed;

  constructor(octets: Uint8Array, code: Malformed) {
    this.octets = octets;
    this.code = code;
  }

  /** How many are left. */
  get left(): number {
    return this.octets.length - this.position;
  }

  /** The next octets, as a view; never fewer than asked for. */
  take(length: number): Uint8Array {
    if (length > this.left) this.refuse(say("it ends too early"));
    return this.octets.subarray(this.position, (this.position += length));
  }

  /** A number of 1, 2 or 4 octets (RFC 9580 3.1). */
  number(length: number): number {
    return this.take(length).reduce((value, octet) => value * 256 + octet, 0);
  }

  /**
   * A multiprecision integer, without leading zeros (RFC 9580 3.2). Its bit count must start at its first one bit:
   * else one number could be written in several ways.
   */
  integer(): Uint8Array {
    const bits = this.number(2);
    const octets = this.take((bits + 7) >> 3);
    if (bits > 0 && Math.clz32(octets[0] ?? 0) - 24 !== (-bits & 7))
      this.refuse(say("an integer has a wrong length"));
    return octets;
  }

  /** As {@link integer}, filled with zeros on the left to a fixed length. */
  paddedInteger(length: number): Uint8Array {
    const integer = this.integer();
    if (integer.length > length) this.refuse(say("an integer is too long"));
    const padded = new Uint8Array(length);
    padded.set(integer, length - integer.length);
    return padded;
  }

  /** Everything must have been read. */
  end(): void {
    if (this.left > 0) this.refuse(say("something follows its end"));
  }

  refuse(reason: Sentence): never {
    return refuse(
      this.code,
      this.code === "KEY_REFUSED"
        ? say("The key is not accepted: {0}. Make another.", reason)
        : say("The signature is not accepted: {0}. Make another.", reason),
    );
  }
}
