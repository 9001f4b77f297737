/**
 * An agent's own Ed25519 key, as OpenPGP version 4 with the legacy algorithm 22 (RFC 9580 5.5.5.5), so that gpg 2.2
 * reads what it signs. No passphrase, no certificate, no OpenPGP.js: node:crypto only.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";
import { OutriderError } from "../errors/index.ts";
import { systemClock, type Clock, type KeySource } from "../ports/index.ts";
import type { TrustedKey } from "../schema/index.ts";
import { composeSignature, encodeInteger, encodeSeconds } from "./compose.ts";
import { fingerprintOf } from "./key.ts";

/** An agent's key, to be kept in a private file as JSON. */
export interface AgentKey {
  /** Upper-case hexadecimal, 40 digits. */
  readonly fingerprint: string;
  /** Body of the public-key packet, base64: as `TrustedKey.packet`. */
  readonly packet: string;
  /** The secret: PKCS #8, DER, base64. */
  readonly secret: string;
}

/** RFC 9580 9.1, and 9.2 with its length before it. */
export const eddsaLegacy = 22;
const ed25519Legacy = [9, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01];

/** Makes a new key. */
export function createAgentKey(clock: Clock = systemClock): AgentKey {
  return describeAgentKey(generateKeyPairSync("ed25519").privateKey, clock.now());
}

/** Writes an Ed25519 key of node:crypto, made at this moment, as an agent's key. */
export function describeAgentKey(privateKey: KeyObject, createdAt: Date): AgentKey {
  // 5.5.2.2: version, time, algorithm.
  const packet = Buffer.concat([
    Uint8Array.of(4),
    encodeSeconds(createdAt),
    Uint8Array.of(eddsaLegacy),
    writeEd25519(createPublicKey(privateKey)),
  ]);
  return {
    fingerprint: fingerprintOf(packet),
    packet: packet.toString("base64"),
    secret: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
  };
}

/** 5.5.5.5: the curve, and the point with its prefix 0x40. */
export function writeEd25519(publicKey: KeyObject): Buffer {
  const { x = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Uint8Array.of(0x40), Buffer.from(x, "base64url")]);
  return Buffer.concat([Uint8Array.from(ed25519Legacy), encodeInteger(point)]);
}

/** The public half as documents hold keys: what a server keeps of an agent that it knows. */
export function trustAgentKey(
  key: Pick<AgentKey, "fingerprint" | "packet">,
  owner: string,
  notAfter: Date,
): TrustedKey {
  const { fingerprint, packet } = key;
  return { fingerprint, primary: fingerprint, owner, notAfter: notAfter.toISOString(), packet };
}

/**
 * Signs with an agent's key.
 *
 * @throws KEY_REFUSED when the secret cannot be read.
 */
export function agentKeySource(key: AgentKey, clock: Clock = systemClock): KeySource {
  const { fingerprint } = key;
  const privateKey = openSecret(key);
  return {
    fingerprint,
    async sign(bytes) {
      const signer = { fingerprint, algorithm: eddsaLegacy };
      const unsigned = composeSignature(bytes, signer, clock.now());
      // 5.2.3.3.1: the integers R and S.
      const value = sign(null, unsigned.digest, privateKey);
      const integers = [value.subarray(0, 32), value.subarray(32)].map(encodeInteger);
      return unsigned.finish(Buffer.concat(integers));
    },
  };
}

function openSecret({ secret, fingerprint }: AgentKey): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(secret, "base64"), format: "der", type: "pkcs8" });
  } catch (cause) {
    const message = `The secret of agent key ${fingerprint} cannot be read. Enroll the agent again.`;
    throw new OutriderError("KEY_REFUSED", message, { cause, subject: fingerprint });
  }
}
