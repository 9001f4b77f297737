/**
 * The public-key algorithms that are accepted (RFC 9580 9.1): how their keys (5.5.5) and signatures (5.2.3) are
 * written. The arithmetic is node:crypto's. No DSA, no Elgamal, no RSA below 3072 bits (THREATS K3).
 */
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { say } from "../errors/index.ts";
import type { OctetReader } from "./octets.ts";

/** A key, and how its signatures are written. */
export interface KeyMaterial {
  readonly key: KeyObject;
  /** How many octets each integer of a signature is filled up to; none where a signature is 64 octets as they are. */
  readonly integers: readonly number[];
}

/** RFC 9580 9.2: object identifier of the curve → its name and the octets of a coordinate. */
const curves: Readonly<Record<string, readonly [name: string, size: number]>> = {
  "2a8648ce3d030107": ["P-256", 32],
  "2b81040022": ["P-384", 48],
};
const ed25519Legacy = "2b06010401da470f01";

/** 5.5.5.1: modulus and exponent. A signature is one integer (5.2.3.1), as long as the modulus for PKCS #1. */
function readRsa(material: OctetReader): KeyMaterial {
  const modulus = material.integer();
  const exponent = material.integer();
  // FIPS 186-5, 5.4: an exponent above 2^16; here also one that is quick.
  if (exponent.length < 3 || exponent.length > 8) material.refuse(say("its exponent"));
  const key = importKey({ kty: "RSA", n: base64url(modulus), e: base64url(exponent) }, material);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  // No longer than OpenSSL will compute with.
  if (bits < 3072 || bits > 16_384) material.refuse(say("RSA of {0} bits", bits));
  return { key, integers: [modulus.length] };
}

/** 5.5.5.4: the curve, and a point that is not compressed (11.2.1). A signature is r and s (5.2.3.2). */
function readEcdsa(material: OctetReader): KeyMaterial {
  const [crv, size] = curves[readCurve(material)] ?? material.refuse(say("its curve"));
  const point = readPoint(material, 0x04, 2 * size);
  const [x, y] = [base64url(point.subarray(0, size)), base64url(point.subarray(size))];
  return { key: importKey({ kty: "EC", crv, x, y }, material), integers: [size, size] };
}

/** 5.5.5.5: the curve, and a point with a prefix (11.2.2). A signature is R and S (5.2.3.3.1). */
function readEddsaLegacy(material: OctetReader): KeyMaterial {
  if (readCurve(material) !== ed25519Legacy) material.refuse(say("its curve"));
  return { key: importEd25519(readPoint(material, 0x40, 32), material), integers: [32, 32] };
}

/** 5.5.5.9: a point. A signature is 64 octets (5.2.3.4). */
function readEd25519(material: OctetReader): KeyMaterial {
  return { key: importEd25519(material.take(32), material), integers: [] };
}

/** RFC 9580 9.1: public-key algorithm id → how its keys are read. */
export const keyReaders: Readonly<Record<number, (material: OctetReader) => KeyMaterial>> = {
  1: readRsa,
  3: readRsa,
  19: readEcdsa,
  22: readEddsaLegacy,
  27: readEd25519,
};

function readCurve(material: OctetReader): string {
  return Buffer.from(material.take(material.number(1))).toString("hex");
}

function readPoint(material: OctetReader, prefix: number, length: number): Uint8Array {
  const point = material.integer();
  if (point[0] !== prefix || point.length !== 1 + length)
    material.refuse(say("its point is malformed"));
  return point.subarray(1);
}

function importEd25519(point: Uint8Array, material: OctetReader): KeyObject {
  return importKey({ kty: "OKP", crv: "Ed25519", x: base64url(point) }, material);
}

function importKey(key: JsonWebKey, material: OctetReader): KeyObject {
  try {
    return createPublicKey({ key, format: "jwk" });
  } catch {
    return material.refuse(say("its point is not on the curve"));
  }
}

function base64url(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64url");
}
