/** What is in a key file, for people: nothing here says that a key is good (`judgeCertificate` does). */
import { readKeys, type Key } from "openpgp";
import { OutriderError, say } from "../../errors/index.ts";
import { lenient, maxCertificateLength } from "./certificate.ts";
import { showUserId } from "./user-id.ts";

/** A key as a list shows it. */
export interface KeyDescription {
  /** Of the primary key, upper-case hexadecimal. */
  readonly fingerprint: string;
  readonly userIds: readonly string[];
  /** As OpenPGP.js or gpg call it, with bits or curve. */
  readonly algorithm: string;
  readonly createdAt: Date;
  /** Missing where the key has no end. */
  readonly expiresAt?: Date;
  readonly revoked: boolean;
  /** Is the secret there, and behind a passphrase? Keys of gpg are `held` by it. */
  readonly secret: "none" | "open" | "locked" | "held";
}

/** A key of a file, ready to be written to files of its own. */
export interface KeyExport extends KeyDescription {
  /** ASCII-armored certificate. */
  readonly publicKey: string;
  /** ASCII-armored, as it was: locked or not. */
  readonly secretKey?: string;
}

/**
 * All keys of a text, each with its certificate, which never holds anything secret: what `keys export` hands out and
 * `keys import` takes apart.
 *
 * @throws KEY_MISSING when there is none.
 */
export async function exportKeys(armored: string, subject = "the text"): Promise<KeyExport[]> {
  const keys = await readAll(armored, subject);
  return Promise.all(
    keys.map(async (key) => ({
      ...(await describe(key)),
      publicKey: key.toPublic().armor(),
      ...(key.isPrivate() ? { secretKey: key.armor() } : {}),
    })),
  );
}

/** What a text holds, to be listed. @throws KEY_MISSING when there is none. */
export async function describeKeys(
  armored: string,
  subject = "the text",
): Promise<KeyDescription[]> {
  return Promise.all((await readAll(armored, subject)).map(describe));
}

async function readAll(armored: string, subject: string): Promise<Key[]> {
  if (armored.length > maxCertificateLength) throw missing(subject);
  const keys = await readKeys({ armoredKeys: armored }).catch((cause: unknown) => {
    throw missing(subject, cause);
  });
  if (keys.length === 0) throw missing(subject);
  return keys;
}

async function describe(key: Key): Promise<KeyDescription> {
  const ends = await key.getExpirationTime({}, lenient);
  const { algorithm, bits, curve } = key.getAlgorithmInfo();
  return {
    fingerprint: key.getFingerprint().toUpperCase(),
    userIds: key.getUserIDs().map(showUserId),
    algorithm: [algorithm, curve ?? bits].filter((part) => part !== undefined).join(" "),
    createdAt: key.getCreationTime(),
    ...(ends instanceof Date ? { expiresAt: ends } : {}),
    revoked: key.revocationSignatures.length > 0,
    secret: key.isPrivate() ? (key.isDecrypted() ? "open" : "locked") : "none",
  };
}

function missing(subject: string, cause?: unknown): OutriderError {
  const message = say("There is no OpenPGP key in {0}. Name an ASCII-armored key file.", subject);
  return new OutriderError("KEY_MISSING", message, { subject, cause });
}
