/**
 * Lots: HMAC-SHA-256(key, name), of which the first 32 bits are drawn (RFC 2104, FIPS 180-4).
 *
 * Written out, because ten million names are drawn for one plan: the two padded keys are hashed once, and no object is
 * made per name, which `node:crypto` cannot do and browsers do not have (docs/adr/0016). Held against `node:crypto` in
 * its test. It draws an order; nothing secret depends on it.
 */

const primes: readonly number[] = firstPrimes(64);
const rounds: Int32Array = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const start: Int32Array = Int32Array.from(primes.slice(0, 8), (prime) =>
  fraction(Math.sqrt(prime)),
);

/** Draws lots in [0, 2^32) under one key: the same name, the same lot. */
export function lots(key: string): (name: string) => number {
  const padded = new Uint8Array(64);
  const keyBytes = encoder.encode(key);
  padded.set(keyBytes.length > 64 ? digestOf(keyBytes) : keyBytes);
  const inner = afterBlock(start, padded, 0x36);
  const outer = afterBlock(start, padded, 0x5c);
  const state = new Int32Array(8);
  let message = new Uint8Array(64);
  return (name) => {
    if (name.length * 3 > message.length) message = new Uint8Array(name.length * 3);
    const { written } = encoder.encodeInto(name, message);
    state.set(inner);
    finish(state, message, written, 64);
    bytesOf(state, digest);
    state.set(outer);
    finish(state, digest, 32, 64);
    return (state[0] ?? 0) >>> 0;
  };
}

const encoder = new TextEncoder();
const digest = new Uint8Array(32);
const words = new Int32Array(64);
const block = new Uint8Array(64);

function digestOf(bytes: Uint8Array): Uint8Array {
  const state = start.slice();
  finish(state, bytes, bytes.length, 0);
  return bytesOf(state, new Uint8Array(32));
}

/** The state after one block: the key, each byte turned by the pad. */
function afterBlock(from: Int32Array, key: Uint8Array, pad: number): Int32Array {
  const state = from.slice();
  compress(
    state,
    key.map((byte) => byte ^ pad),
    0,
  );
  return state;
}

/** Takes in the rest of a message, and its padding. `before`: bytes that the state has taken in. */
function finish(state: Int32Array, bytes: Uint8Array, length: number, before: number): void {
  let at = 0;
  for (; at + 64 <= length; at += 64) compress(state, bytes, at);
  const rest = length - at;
  block.fill(0);
  for (let index = 0; index < rest; index++) block[index] = bytes[at + index] ?? 0;
  block[rest] = 0x80;
  if (rest >= 56) {
    compress(state, block, 0);
    block.fill(0);
  }
  const bits = (before + length) * 8; // below 2^32: no name is 500 MB long
  block[60] = bits >>> 24;
  block[61] = bits >>> 16;
  block[62] = bits >>> 8;
  block[63] = bits;
  compress(state, block, 0);
}

/** One block (FIPS 180-4, 6.2.2). */
function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  for (let t = 0; t < 16; t++) {
    const byte = at + t * 4;
    words[t] =
      ((bytes[byte] ?? 0) << 24) |
      ((bytes[byte + 1] ?? 0) << 16) |
      ((bytes[byte + 2] ?? 0) << 8) |
      (bytes[byte + 3] ?? 0);
  }
  for (let t = 16; t < 64; t++) {
    const [x, y] = [words[t - 15] ?? 0, words[t - 2] ?? 0];
    const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
    const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
    words[t] = ((words[t - 16] ?? 0) + s0 + (words[t - 7] ?? 0) + s1) | 0;
  }
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let f = state[5] ?? 0;
  let g = state[6] ?? 0;
  let h = state[7] ?? 0;
  for (let t = 0; t < 64; t++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (rounds[t] ?? 0) + (words[t] ?? 0)) | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
  state[5] = (state[5] ?? 0) + f;
  state[6] = (state[6] ?? 0) + g;
  state[7] = (state[7] ?? 0) + h;
}

function turn(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function bytesOf(state: Int32Array, bytes: Uint8Array): Uint8Array {
  for (let index = 0; index < 32; index++)
    bytes[index] = (state[index >> 2] ?? 0) >>> (24 - 8 * (index & 3));
  return bytes;
}

/** The first 32 bits after the point. */
function fraction(value: number): number {
  return ((value - Math.floor(value)) * 2 ** 32) | 0;
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++)
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  return found;
}
