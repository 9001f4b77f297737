/**
 * The verifier's signing twin: an agent's own Ed25519 key, as OpenPGP version 4 with the legacy algorithm 22
 * (RFC 9580 5.2.3.3, 5.5.5.5), so that gpg 2.2 reads what it signs. No passphrase, no certificate, no OpenPGP.js.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { OutriderError } from "../errors/index.ts";
import { systemClock, type Clock, type KeySource } from "../ports/index.ts";
import type { TrustedKey } from "../schema/index.ts";
import { encodeArmor } from "./armor.ts";
import { fingerprintOf } from "./key.ts";
import { encodePacket } from "./packet.ts";

/** An agent's key, to be kept in a private file as JSON. */
export interface AgentKey {
  /** Upper-case hexadecimal, 40 digits. */
  readonly fingerprint: string;
  /** Body of the public-key packet, base64: as `TrustedKey.packet`. */
  readonly packet: string;
  /** The secret: PKCS #8, DER, base64. */
  readonly secret: string;
}

const ed25519Legacy = [9, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01];
const sha512Id = 10;
const eddsaLegacyId = 22;

/** Makes a new key. */
export function createAgentKey(clock: Clock = systemClock): AgentKey {
  return agentKeyOf(generateKeyPairSync("ed25519").privateKey, clock.now());
}

/** Writes an Ed25519 key of node:crypto as an agent's key that was made at this moment. */
export function agentKeyOf(privateKey: KeyObject, createdAt: Date): AgentKey {
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  // 5.5.2.2: version, time, algorithm; 5.5.5.5: the curve, and the point with its prefix 0x40.
  const packet = Buffer.concat([
    Uint8Array.of(4),
    encodeSeconds(createdAt),
    Uint8Array.of(eddsaLegacyId, ...ed25519Legacy),
    encodeInteger(Buffer.concat([Uint8Array.of(0x40), Buffer.from(x, "base64url")])),
  ]);
  return {
    fingerprint: fingerprintOf(packet),
    packet: packet.toString("base64"),
    secret: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
  };
}

/** The public half, as documents hold keys: what a server keeps of an agent it knows. */
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
  const privateKey = openSecret(key);
  return {
    fingerprint: key.fingerprint,
    sign: async (bytes) => encodeArmor(encodePacket(2, signBody(bytes, key, privateKey, clock.now()))),
  };
}

/** The body of the signature packet (RFC 9580 5.2.3). */
function signBody(bytes: Uint8Array, key: AgentKey, privateKey: KeyObject, at: Date): Buffer {
  const subpackets = Buffer.concat([
    // 5.2.3.11: time of creation, critical; 5.2.3.35: fingerprint of the key.
    Uint8Array.of(5, 0x80 | 2),
    encodeSeconds(at),
    Uint8Array.of(22, 33, 4),
    Buffer.from(key.fingerprint, "hex"),
  ]);
  const hashed = Buffer.concat([
    Uint8Array.of(4, 0, eddsaLegacyId, sha512Id, 0, subpackets.length),
    subpackets,
  ]);
  // 5.2.4: the document, the hashed part, and a trailer with its length.
  const digest = createHash("sha512")
    .update(bytes)
    .update(hashed)
    .update(Uint8Array.of(4, 0xff, 0, 0, 0, hashed.length))
    .digest();
  const value = sign(null, digest, privateKey);
  // Unhashed: the key id (5.2.3.12), by which old programs find the key.
  const keyId = Buffer.from(key.fingerprint.slice(24), "hex");
  return Buffer.concat([
    hashed,
    Uint8Array.of(0, 10, 9, 16),
    keyId,
    digest.subarray(0, 2),
    encodeInteger(value.subarray(0, 32)),
    encodeInteger(value.subarray(32)),
  ]);
}

function openSecret(key: AgentKey): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(key.secret, "base64"), format: "der", type: "pkcs8" });
  } catch (cause) {
    const message = `The secret of agent key ${key.fingerprint} cannot be read. Enroll the agent again.`;
    throw new OutriderError("KEY_REFUSED", message, { cause, subject: key.fingerprint });
  }
}

/** RFC 9580 3.5: seconds since 1970. */
function encodeSeconds(at: Date): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(Math.floor(at.getTime() / 1000));
  return octets;
}

/** A multiprecision integer (RFC 9580 3.2): bit count, then no leading zeros. */
function encodeInteger(octets: Uint8Array): Buffer {
  const first = octets.findIndex((octet) => octet !== 0);
  const significant = first < 0 ? octets.subarray(0, 0) : octets.subarray(first);
  const bits = significant.length * 8 - (Math.clz32(significant[0] ?? 0) - 24);
  const count = first < 0 ? 0 : bits;
  return Buffer.concat([Uint8Array.of(count >> 8, count & 0xff), significant]);
}
