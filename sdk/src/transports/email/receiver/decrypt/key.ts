/**
 * The machine's own encryption key, made where it is used: its secret half never leaves the machine. Curve25519 in
 * version 4 form, which every OpenPGP program can encrypt to, gpg 2.2 included.
 */
import { dirname } from "node:path";
import { generateKey, readPrivateKey } from "openpgp";
import { OutriderError } from "../../../../errors/index.ts";
import {
  nodeFileSystem,
  readWhole,
  syncedWrite,
  type FileSystem,
} from "../../../../ports/index.ts";

/** The half that senders encrypt to. */
export interface DecryptionKey {
  /** Armored OpenPGP certificate, for the server's list of agents. */
  readonly publicKey: string;
  /** Upper-case hexadecimal. */
  readonly fingerprint: string;
}

const maxKeyBytes = 64 * 1024;

/**
 * Reads the key, or makes one where there is none yet.
 *
 * @param path of the secret key; written with mode 0600, without a passphrase.
 * @param agent its name in the key.
 * @throws KEY_REFUSED where the file holds no key that decrypts; FILE_UNREADABLE
 */
export async function openDecryptionKey(
  path: string,
  agent: string,
  fileSystem: FileSystem = nodeFileSystem,
): Promise<DecryptionKey> {
  if ((await fileSystem.stat(path)) === undefined) {
    const { privateKey } = await generateKey({
      type: "ecc",
      curve: "ed25519Legacy",
      userIDs: [{ name: `Outrider agent ${agent}` }],
      format: "armored",
    });
    await fileSystem.makeDirectory(dirname(path));
    await syncedWrite(fileSystem, path, Buffer.from(privateKey));
  }
  const bytes = await readWhole(fileSystem, path, maxKeyBytes);
  try {
    const key = await readPrivateKey({ armoredKey: Buffer.from(bytes).toString("utf8") });
    await key.getEncryptionKey();
    return {
      publicKey: key.toPublic().armor(),
      fingerprint: key.getFingerprint().toUpperCase(),
    };
  } catch (cause) {
    throw new OutriderError("KEY_REFUSED", `${path} holds no OpenPGP key that decrypts.`, {
      subject: path,
      cause,
    });
  }
}
