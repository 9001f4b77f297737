/**
 * Reads octets in order. Running past the end, or stopping before it, is a refusal: every length of every format
 * read here is exact, so there is no second way to read the same octets. Numbers are big-endian (RFC 9580 3.1).
 */
import { OutriderError, type ErrorCode } from "../errors/index.ts";

export class OctetReader {
  #position = 0;
  readonly #octets: Uint8Array;
  readonly #code: ErrorCode;

  /** @param code what a refusal is called: it depends on whose octets these are. */
  constructor(octets: Uint8Array, code: ErrorCode) {
    this.#octets = octets;
    this.#code = code;
  }

  /** How many were read so far. */
  get position(): number {
    return this.#position;
  }

  get left(): number {
    return this.#octets.length - this.#position;
  }

  /** The next octets, as a view; never fewer than asked for. */
  take(length: number): Uint8Array {
    if (length > this.left) this.refuse("It ends too early.");
    return this.#octets.subarray(this.#position, (this.#position += length));
  }

  /** A number of 1, 2 or 4 octets (RFC 9580 3.1). */
  number(length: number): number {
    let value = 0;
    for (const octet of this.take(length)) value = value * 256 + octet;
    return value;
  }

  /**
   * A multiprecision integer, without leading zeros (RFC 9580 3.2). Its bit count must start at its first one bit:
   * else one number could be written in several ways.
   */
  integer(): Uint8Array {
    const bits = this.number(2);
    const octets = this.take((bits + 7) >> 3);
    if (bits > 0 && Math.clz32(octets[0] ?? 0) - 24 !== (-bits & 7))
      this.refuse("An integer's length is wrong.");
    return octets;
  }

  /** As {@link integer}, filled with zeros on the left to a fixed length. */
  paddedInteger(length: number): Uint8Array {
    const integer = this.integer();
    if (integer.length > length) this.refuse("An integer is too long.");
    const padded = new Uint8Array(length);
    padded.set(integer, length - integer.length);
    return padded;
  }

  /** Everything must have been read. */
  end(): void {
    if (this.left > 0) this.refuse("Something follows its end.");
  }

  refuse(reason: string): never {
    throw new OutriderError(this.#code, `The OpenPGP data cannot be read. ${reason}`);
  }
}
