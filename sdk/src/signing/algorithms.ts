/**
 * The public-key algorithms that are accepted (RFC 9580 9.1): how their keys (5.5.5) and signatures (5.2.3) are
 * written. The arithmetic is node:crypto's. No DSA, no Elgamal, no RSA below 3072 bits (THREATS K3).
 */
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { OutriderError } from "../errors/index.ts";
import type { OctetReader } from "./octets.ts";

/** How one algorithm's keys and signatures are read. */
export interface Algorithm {
  /** Not allowed with version 6. */
  readonly legacy?: boolean;
  /** @throws KEY_REFUSED */
  readKey(material: OctetReader): KeyObject;
  /** The signature as node:crypto wants it. */
  readSignature(fields: OctetReader, key: KeyObject): Uint8Array;
}

/** RFC 9580 9.2: object identifier of the curve → its name and the octets of a coordinate. */
const ed25519Legacy = "2b06010401da470f01";
const curves: Readonly<Record<string, readonly [name: string, size: number]>> = {
  "2a8648ce3d030107": ["P-256", 32],
  "2b81040022": ["P-384", 48],
};
const coordinateSizes: Readonly<Record<string, number>> = { prime256v1: 32, secp384r1: 48 };

const rsa: Algorithm = {
  // 5.5.5.1: modulus and exponent.
  readKey(material) {
    const modulus = material.integer();
    const exponent = material.integer();
    const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
    if (bits < 3072 || bits > 16_384) material.refuse(`RSA of ${bits} bits is not accepted.`);
    // NIST FIPS 186-5, 5.4: an exponent above 2^16; and small enough to be quick.
    if (exponent.length < 3 || exponent.length > 8)
      material.refuse("Its RSA exponent is not accepted.");
    return importKey({ kty: "RSA", n: base64url(modulus), e: base64url(exponent) });
  },
  // 5.2.3.1: one integer; PKCS #1 wants it as long as the modulus.
  readSignature: (fields, key) =>
    fields.paddedInteger(((key.asymmetricKeyDetails?.modulusLength ?? 0) + 7) >> 3),
};

const ecdsa: Algorithm = {
  // 5.5.5.4: the curve, and a point that is not compressed (11.2.1).
  readKey(material) {
    const identifier = hex(material.take(material.number(1)));
    const [crv, size] = curves[identifier] ?? material.refuse("Its curve is not accepted.");
    const point = material.integer();
    if (point.length !== 1 + 2 * size || point[0] !== 4) material.refuse("Its point is malformed.");
    const x = base64url(point.subarray(1, 1 + size));
    return importKey({ kty: "EC", crv, x, y: base64url(point.subarray(1 + size)) });
  },
  // 5.2.3.2: the integers r and s.
  readSignature(fields, key) {
    const size = coordinateSizes[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? 0;
    return Buffer.concat([fields.paddedInteger(size), fields.paddedInteger(size)]);
  },
};

const eddsaLegacy: Algorithm = {
  legacy: true,
  // 5.5.5.5: the curve, and a point with prefix 0x40 (11.2.2).
  readKey(material) {
    if (hex(material.take(material.number(1))) !== ed25519Legacy)
      material.refuse("Its curve is not accepted.");
    const point = material.integer();
    if (point.length !== 33 || point[0] !== 0x40) material.refuse("Its point is malformed.");
    return importEd25519(point.subarray(1));
  },
  // 5.2.3.3.1: the integers R and S.
  readSignature: (fields) => Buffer.concat([fields.paddedInteger(32), fields.paddedInteger(32)]),
};

const ed25519: Algorithm = {
  // 5.5.5.9
  readKey: (material) => importEd25519(material.take(32)),
  // 5.2.3.4
  readSignature: (fields) => fields.take(64),
};

/** RFC 9580 9.1: public-key algorithm id → how it is read. */
export const algorithms: Readonly<Record<number, Algorithm>> = {
  1: rsa,
  3: rsa,
  19: ecdsa,
  22: eddsaLegacy,
  27: ed25519,
};

function importEd25519(point: Uint8Array): KeyObject {
  return importKey({ kty: "OKP", crv: "Ed25519", x: base64url(point) });
}

function importKey(key: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key, format: "jwk" });
  } catch (cause) {
    throw new OutriderError("KEY_REFUSED", "The public key is not a point of its curve.", {
      cause,
    });
  }
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}

function base64url(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64url");
}
