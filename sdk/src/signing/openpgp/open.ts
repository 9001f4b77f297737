/** Opens a secret key and signs with it. Everything that leaves is a detached binary signature (DESIGN 4). */
import { createMessage, decryptKey, readPrivateKeys, sign, type PrivateKey } from "openpgp";
import { OutriderError, say } from "../../errors/index.ts";
import type { KeySource } from "../../ports/index.ts";
import { encodeArmor } from "../compose.ts";

/** A secret key as people keep it. */
export interface SecretKeyOptions {
  /** ASCII-armored secret key; exactly one. */
  readonly armored: string;
  /** Needed when the key is locked; a function is asked only then. */
  readonly passphrase?: string | (() => Promise<string>);
  /** Where it came from, for messages. */
  readonly subject?: string;
}

/**
 * Opens a secret key for signing: its newest signing subkey, else its primary key.
 *
 * @throws KEY_PASSPHRASE when it is locked and the passphrase does not open it
 * @throws KEY_MISSING when there is no secret key in the text
 * @throws KEY_REFUSED when the key may not sign now: expired, revoked, too weak
 */
export async function openSecretKey(options: SecretKeyOptions): Promise<KeySource> {
  const subject = options.subject ?? "the key";
  const locked = await readSecretKey(options.armored, subject);
  const key = locked.isDecrypted() ? locked : await unlock(locked, options.passphrase, subject);
  const signer = await key.getSigningKey().catch((cause: unknown) => {
    const message = say("{0} cannot sign: {1}.", subject, (cause as Error).message);
    throw new OutriderError("KEY_REFUSED", message, { cause, subject });
  });
  return {
    fingerprint: signer.getFingerprint().toUpperCase(),
    async sign(bytes, { signal } = {}) {
      if (signal?.aborted === true)
        throw new OutriderError("CANCELLED", say("Signing with {0} was cancelled.", subject), {
          subject,
        });
      const packet: Uint8Array = await sign({
        message: await createMessage({ binary: bytes }),
        signingKeys: key,
        signingKeyIDs: signer.getKeyID(),
        detached: true,
        format: "binary",
      });
      return encodeArmor(packet);
    },
  };
}

async function readSecretKey(armored: string, subject: string): Promise<PrivateKey> {
  let keys: PrivateKey[] = [];
  let cause: unknown;
  try {
    keys = await readPrivateKeys({ armoredKeys: armored });
  } catch (error) {
    cause = error;
  }
  const [key, another] = keys;
  if (key !== undefined && another === undefined) return key;
  throw new OutriderError(
    "KEY_MISSING",
    another === undefined
      ? say(
          "{0} holds no secret key. Give the armored text of one, such as NAME.secret.asc holds.",
          subject,
        )
      : say("{0} holds more than one secret key. Give the armored text of exactly one.", subject),
    { cause, subject },
  );
}

async function unlock(
  privateKey: PrivateKey,
  given: SecretKeyOptions["passphrase"],
  subject: string,
): Promise<PrivateKey> {
  const passphrase = typeof given === "function" ? await given() : given;
  if (passphrase === undefined)
    throw new OutriderError("KEY_PASSPHRASE", say("{0} is locked. Give its passphrase.", subject), {
      subject,
    });
  try {
    return await decryptKey({ privateKey, passphrase });
  } catch (cause) {
    const message = say("The passphrase does not open {0}. Give the right one.", subject);
    throw new OutriderError("KEY_PASSPHRASE", message, { cause, subject });
  }
}
