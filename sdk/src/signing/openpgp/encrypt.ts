/**
 * Certificates to which archives are encrypted, and the encrypting. Whoever holds the archive's digest checks it after
 * decryption: this keeps contents from carriers, it proves nothing.
 */
import { Readable } from "node:stream";
import { config, createMessage, encrypt, enums, type PublicKey } from "openpgp";
import { OutriderError } from "../../errors/index.ts";
import { readCertificate } from "./certificate.ts";
import { judgePrimary } from "./primary.ts";

/**
 * Judges a certificate to which something shall be encrypted: one public certificate, neither revoked nor expired, with
 * a key for encryption that is not weak.
 *
 * @param subject whose it is, for messages.
 * @throws KEY_REFUSED
 */
export async function judgeEncryptionKey(
  armored: string,
  now: Date,
  subject: string,
): Promise<void> {
  await readEncryptionKey(armored, now, subject);
}

/**
 * Encrypts to all of them at once (RFC 9580 5.13.1), without compression: archives are compressed, and inflating is
 * where bombs are. The content is streamed in, the result is held in memory.
 *
 * @throws KEY_REFUSED
 */
export async function encryptTo(
  content: Readable,
  certificates: readonly string[],
  now: Date,
): Promise<Buffer> {
  const encryptionKeys: PublicKey[] = [];
  for (const armored of certificates)
    encryptionKeys.push(await readEncryptionKey(armored, now, "The agent's certificate"));
  const encrypted = await encrypt({
    message: await createMessage({ binary: Readable.toWeb(content) as ReadableStream<Uint8Array> }),
    encryptionKeys,
    format: "binary",
    date: now,
    config: { ...config, preferredCompressionAlgorithm: enums.compression.uncompressed },
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of encrypted) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function readEncryptionKey(armored: string, now: Date, subject: string): Promise<PublicKey> {
  const certificate = await readCertificate(armored, subject);
  try {
    await judgePrimary(certificate, now);
    await certificate.getEncryptionKey(undefined, now);
    return certificate;
  } catch (cause) {
    const message = `${subject} is refused for encryption: ${(cause as Error).message}.`;
    throw new OutriderError("KEY_REFUSED", message, { subject, cause });
  }
}
