/** Somebody who can sign: a key file, gpg-agent, a smart card, an HSM (`signing/sources`). */
export interface KeySource {
  /** Fingerprint of the signing key, upper-case hexadecimal. */
  readonly fingerprint: string;
  /**
   * Makes one detached, binary OpenPGP signature over exactly these bytes.
   *
   * @returns an ASCII-armored signature block.
   * @throws KEY_PASSPHRASE, KEY_SOURCE, KEY_MISSING
   */
  sign(bytes: Uint8Array, options?: { readonly signal?: AbortSignal }): Promise<string>;
}
