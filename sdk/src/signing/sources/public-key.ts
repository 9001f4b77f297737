/**
 * The public half of a key that is no OpenPGP key yet, in an HSM or a cloud's key service, written as the trust
 * document holds keys: version 4 (RFC 9580 5.5.2.2). Nobody certifies it; the root that signs the trust document does.
 */
import type { KeyObject } from "node:crypto";
import { OutriderError } from "../../errors/index.ts";
import type { TrustedKey } from "../../schema/index.ts";
import { eddsaLegacy, writeEd25519 } from "../agent-key.ts";
import { encodeInteger, encodeSeconds } from "../compose.ts";
import { fingerprintOf, readPublicKey } from "../key.ts";
import { isPlainName } from "../openpgp/user-id.ts";

/** What is said of the key beside itself. */
export interface PublicKeyOptions {
  /** Whose it is, for people. */
  readonly owner: string;
  /** Part of the fingerprint, in whole seconds: the same moment whenever this key is described. */
  readonly createdAt: Date;
  /** From when on nothing that it signs counts. */
  readonly notAfter: Date;
}

/** RFC 9580 9.2, each with its length before it. */
const curves: Readonly<Record<string, readonly number[]>> = {
  "P-256": [8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
  "P-384": [5, 0x2b, 0x81, 0x04, 0x00, 0x22],
};

/**
 * Describes a public key, for `addKey` and `grantRole` of trust/, and for `callbackKeySource`.
 *
 * @param publicKey Ed25519, ECDSA on P-256 or P-384, or RSA of 3072 to 16,384 bits: `createPublicKey(pem)`.
 * @throws KEY_REFUSED for another kind, one that is too weak, or an owner whose name deceives the eye
 */
export function describePublicKey(
  publicKey: KeyObject,
  { owner, createdAt, notAfter }: PublicKeyOptions,
): TrustedKey {
  if (!isPlainName(owner))
    throw refused("its owner's name is empty, too long, or deceives the eye");
  const body = Buffer.concat([
    Uint8Array.of(4),
    encodeSeconds(createdAt),
    ...writeMaterial(publicKey),
  ]);
  // What the verifier would not read is refused here, too.
  readPublicKey(body);
  const fingerprint = fingerprintOf(body);
  return {
    fingerprint,
    primary: fingerprint,
    owner,
    notAfter: notAfter.toISOString(),
    packet: body.toString("base64"),
  };
}

/** RFC 9580 9.1, and 5.5.5 for what follows. */
function writeMaterial(publicKey: KeyObject): readonly Uint8Array[] {
  const { asymmetricKeyType: kind } = publicKey;
  if (publicKey.type !== "public") throw refused(`it is a ${publicKey.type} key`);
  if (kind === "ed25519") return [Uint8Array.of(eddsaLegacy), writeEd25519(publicKey)];
  if (kind !== "rsa" && kind !== "ec") throw refused(`it is of the kind ${String(kind)}`);
  const { crv = "", n, e, x, y } = publicKey.export({ format: "jwk" });
  if (kind === "rsa") return [Uint8Array.of(1), encodeInteger(octets(n)), encodeInteger(octets(e))];
  const curve = curves[crv];
  if (curve === undefined) throw refused(`it is on the curve ${crv}`);
  // 11.2.1: the point, not compressed.
  const point = Buffer.concat([Uint8Array.of(0x04), octets(x), octets(y)]);
  return [Uint8Array.of(19, ...curve), encodeInteger(point)];
}

function octets(text = ""): Buffer {
  return Buffer.from(text, "base64url");
}

function refused(why: string): OutriderError {
  return new OutriderError(
    "KEY_REFUSED",
    `The public key is refused: ${why}. Give Ed25519, ECDSA on P-256 or P-384, or RSA from 3072 bits on, and a plain name.`,
  );
}
