/** A key in an armored file, locked by a passphrase or not. */
import type { KeySource } from "../../ports/index.ts";
import { openSecretKey, type SecretKeyOptions } from "../openpgp/index.ts";

/**
 * Opens the secret key that a file held. Whoever reads the file passes its text, so that it may come from elsewhere.
 *
 * @throws KEY_PASSPHRASE, KEY_MISSING, KEY_REFUSED
 */
export async function fileKeySource(options: SecretKeyOptions): Promise<KeySource> {
  return openSecretKey(options);
}
