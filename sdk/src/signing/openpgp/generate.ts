/**
 * Makes OpenPGP keys for people. Ed25519 in its legacy version 4 form is the default: Debian's gpg 2.2 reads no other.
 */
import { generateKey as generate, type KeyOptions } from "openpgp";
import { OutriderError } from "../../errors/index.ts";
import { isPlainName } from "./user-id.ts";

/** `ed25519-v6` is RFC 9580's own form, which gpg 2.2 cannot read. */
export type KeyAlgorithm =
  | "ed25519"
  | "ed25519-v6"
  | "nistp256"
  | "nistp384"
  | "rsa3072"
  | "rsa4096";

/** What a new key shall be. */
export interface GenerateKeyOptions {
  /** The person or role that will hold it. */
  readonly userId: { readonly name: string; readonly email?: string; readonly comment?: string };
  /** Locks the secret. Without one it lies open in its file. */
  readonly passphrase?: string;
  /** When the key ends; three years from now unless given. */
  readonly expires?: Date;
  /** `ed25519` unless given. */
  readonly algorithm?: KeyAlgorithm;
  /** When it was made; the present unless given. */
  readonly createdAt?: Date;
}

/** A new key. */
export interface GeneratedKey {
  /** Upper-case hexadecimal. */
  readonly fingerprint: string;
  /** ASCII-armored. */
  readonly secretKey: string;
  /** ASCII-armored certificate, to be handed out. */
  readonly publicKey: string;
  /** ASCII-armored: imported into the certificate, it says that the key must no longer be used. */
  readonly revocationCertificate: string;
}

/** How long a key lives unless its maker says otherwise: as gpg has it. Milliseconds. */
export const defaultLifetimeMs: number = 3 * 365 * 86_400_000;

const kinds: Readonly<Record<KeyAlgorithm, Partial<KeyOptions>>> = {
  ed25519: { type: "ecc", curve: "ed25519Legacy" },
  "ed25519-v6": { type: "curve25519", config: { v6Keys: true } },
  nistp256: { type: "ecc", curve: "nistP256" },
  nistp384: { type: "ecc", curve: "nistP384" },
  rsa3072: { type: "rsa", rsaBits: 3072 },
  rsa4096: { type: "rsa", rsaBits: 4096 },
};

/**
 * Makes a key that can sign and do nothing else: no subkeys.
 *
 * @throws CONFIG_INVALID when the name or the end makes no key.
 */
export async function generateKey(options: GenerateKeyOptions): Promise<GeneratedKey> {
  const date = options.createdAt ?? new Date();
  const expires = options.expires ?? new Date(date.getTime() + defaultLifetimeMs);
  const keyExpirationTime = Math.floor((expires.getTime() - date.getTime()) / 1000);
  if (!(keyExpirationTime > 0 && keyExpirationTime < 2 ** 32))
    throw new OutriderError(
      "CONFIG_INVALID",
      `A key cannot end at ${String(options.expires)}. Name a moment in the future.`,
    );
  const { name, email = "", comment = "" } = options.userId;
  if (!isPlainName(`${name}${email}${comment}`))
    throw new OutriderError("CONFIG_INVALID", "A key needs a name, without control characters.");
  try {
    const made = await generate({
      ...kinds[options.algorithm ?? "ed25519"],
      userIDs: [options.userId],
      ...(options.passphrase === undefined ? {} : { passphrase: options.passphrase }),
      keyExpirationTime,
      date,
      subkeys: [],
      format: "object",
    });
    return {
      fingerprint: made.publicKey.getFingerprint().toUpperCase(),
      secretKey: made.privateKey.armor(),
      publicKey: made.publicKey.armor(),
      revocationCertificate: made.revocationCertificate,
    };
  } catch (cause) {
    throw new OutriderError(
      "CONFIG_INVALID",
      `No key can be made for "${name}": ${(cause as Error).message}.`,
      { cause, subject: name },
    );
  }
}
