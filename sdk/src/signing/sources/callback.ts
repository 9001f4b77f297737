/** A key that a vendor's own code can reach: an HSM, a cloud's key service. It is asked to sign a digest. */
import { OutriderError } from "../../errors/index.ts";
import { systemClock, type Clock, type KeySource } from "../../ports/index.ts";
import type { TrustedKey } from "../../schema/index.ts";
import { composeSignature, encodeInteger } from "../compose.ts";
import { openTrustedKey } from "../key.ts";
import { verifySignature } from "../verify.ts";

/** What the vendor's code is asked. */
export interface DigestRequest {
  /** SHA-512 of what is signed: 64 bytes. */
  readonly digest: Uint8Array;
  readonly hash: "sha512";
  readonly signal?: AbortSignal;
}

/** Which key, and who signs with it. */
export interface CallbackKeyOptions {
  /** The public key, as the trust document holds it: an entry of its `keys`, or what `describePublicKey` answers. */
  readonly key: TrustedKey;
  /**
   * Signs the digest.
   *
   * @returns Ed25519: the 64 bytes of an Ed25519 signature whose message is the digest. ECDSA: r and s, each as long
   * as the curve (IEEE P1363). RSA: PKCS #1 v1.5, with SHA-512 as hash.
   */
  readonly signDigest: (request: DigestRequest) => Promise<Uint8Array>;
  readonly clock?: Clock;
}

/**
 * Signs through a callback. What it returns is verified before anybody sees it.
 *
 * @throws KEY_REFUSED when the key is not one that the verifier accepts.
 */
export function callbackKeySource(options: CallbackKeyOptions): KeySource {
  const { key, signDigest, clock = systemClock } = options;
  const { algorithm, integers } = openTrustedKey(key);
  const { fingerprint } = key;
  return {
    fingerprint,
    async sign(bytes, { signal } = {}) {
      const now = clock.now();
      const unsigned = composeSignature(bytes, { fingerprint, algorithm }, now);
      const request = { digest: unsigned.digest, hash: "sha512" as const };
      try {
        const value = await signDigest(signal === undefined ? request : { ...request, signal });
        const armored = unsigned.finish(encodeFields(value, integers));
        verifySignature(bytes, armored, [key], now);
        return armored;
      } catch (cause) {
        const message = `The service that holds the key of ${key.owner} gave no signature of it: ${(cause as Error).message}`;
        throw new OutriderError(signal?.aborted === true ? "CANCELLED" : "KEY_SOURCE", message, {
          cause,
          subject: fingerprint,
        });
      }
    },
  };
}

/** The algorithm's own fields (RFC 9580 5.2.3.1–5.2.3.4): integers, or 64 octets as they are. */
function encodeFields(value: Uint8Array, integers: readonly number[]): Uint8Array {
  if (integers.length === 0) return value;
  const expected = integers.reduce((sum, length) => sum + length, 0);
  if (value.length !== expected)
    throw new Error(`it returned ${value.length} bytes where ${expected} were expected`);
  let at = 0;
  return Buffer.concat(integers.map((length) => encodeInteger(value.subarray(at, (at += length)))));
}
