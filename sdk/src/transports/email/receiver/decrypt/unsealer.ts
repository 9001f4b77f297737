/**
 * Opens archives and parts that were encrypted to this machine's key (RFC 9580 5.13), with OpenPGP.js: streaming, so
 * that neither the sealed nor the open form is held in memory, and bounded, whatever inflates inside (THREATS S9).
 *
 * What comes out is handed on before its integrity tag is seen, because nobody looks at it before the SHA-256 that a
 * signed notification names holds; a message without any such tag is refused all the same. Signatures inside are not
 * looked at.
 */
import { decrypt, readMessage, readPrivateKey, type PartialConfig, type PrivateKey } from "openpgp";
import { isOutriderError } from "../../../../errors/index.ts";
import type { FileHandle } from "../../../../ports/index.ts";
import type { Unsealer } from "../archives.ts";
import { defaultLimits, sealedShut } from "../mime/limits.ts";

/** With which key, and how far. */
export interface MailUnsealerOptions {
  /** Armored OpenPGP secret key without a passphrase; asked for when it is needed. */
  readonly secretKey: () => Promise<string>;
  /** What may come out of one message, bytes. Default 46 MiB, as for a plain archive. */
  readonly maxBytes?: number;
}

const pieceBytes = 64 * 1024;

/** Opens what was sealed to the key. `unseal` throws MESSAGE_SEALED, also for a key file that holds no usable key. */
export function mailUnsealer(options: MailUnsealerOptions): Unsealer {
  const maxBytes = options.maxBytes ?? defaultLimits.maxAttachmentBytes;
  const config: PartialConfig = {
    allowUnauthenticatedStream: true,
    maxDecompressedMessageSize: maxBytes,
    maxUserIDLength: 1024,
  };
  return {
    async unseal(sealed, write) {
      const key = await readKey(await options.secretKey());
      let writing: { readonly error: unknown } | undefined;
      try {
        const message = await readMessage({ binaryMessage: streamOf(sealed), config });
        const { data } = await decrypt({
          message,
          decryptionKeys: key,
          format: "binary",
          config,
        });
        for await (const piece of data as unknown as AsyncIterable<Uint8Array>)
          try {
            await write(piece);
          } catch (error) {
            writing = { error };
            throw error;
          }
      } catch (error) {
        if (writing !== undefined) throw writing.error;
        if (isOutriderError(error)) throw error;
        throw sealedShut("it is damaged, or not for this machine's key", error);
      }
    },
  };
}

async function readKey(armoredKey: string): Promise<PrivateKey> {
  try {
    const key = await readPrivateKey({ armoredKey });
    if (key.isDecrypted()) return key;
  } catch (error) {
    throw sealedShut("decryptionKeyFile holds no OpenPGP secret key", error);
  }
  throw sealedShut("the key in decryptionKeyFile has a passphrase, which nobody is here to give");
}

function streamOf(file: FileHandle): ReadableStream<Uint8Array> {
  let position = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = new Uint8Array(pieceBytes);
        const count = await file.read(piece, position);
        position += count;
        if (count === 0) controller.close();
        else controller.enqueue(piece.subarray(0, count));
      },
    },
    { highWaterMark: 0 },
  );
}
