/** OpenPGP.js as the verifier that ours is held against. */
import {
  createMessage,
  readKey,
  readPrivateKey,
  readSignature,
  sign,
  verify,
  type Key,
} from "openpgp";

/** Reads an armored certificate. */
export async function openpgpjsKey(armoredKey: string): Promise<Key> {
  return readKey({ armoredKey });
}

/** Does OpenPGP.js accept this one signature? Whatever it throws is a no. */
export async function openpgpjsAccepts(
  bytes: Uint8Array,
  armoredSignature: string,
  verificationKeys: Key | Key[],
  date: Date,
): Promise<boolean> {
  try {
    const signature = await readSignature({ armoredSignature });
    const message = await createMessage({ binary: bytes });
    const result = await verify({ message, signature, verificationKeys, date });
    const [first, ...more] = result.signatures;
    return more.length === 0 && (await first?.verified) === true;
  } catch {
    return false;
  }
}

/** Signs as OpenPGP.js does by itself: detached and armored. @param armoredKey a secret key without passphrase. */
export async function openpgpjsSigner(
  armoredKey: string,
): Promise<(bytes: Uint8Array) => Promise<string>> {
  const signingKeys = await readPrivateKey({ armoredKey });
  return async (binary) =>
    sign({ message: await createMessage({ binary }), signingKeys, detached: true });
}
