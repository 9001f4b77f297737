/** From options to a KeySource: a key file, or a key in gpg-agent or on a card. */
import { Option, type Command } from "commander";
import { OutriderError } from "../../errors/index.ts";
import type { KeySource } from "../../ports/index.ts";
import { fileKeySource, gpgKeySource } from "../../signing/sources/index.ts";
import { readFileText, readSecret } from "../files.ts";
import type { Terminal } from "../io.ts";

/** Where the key is. */
export interface KeyOptions {
  readonly key?: string;
  readonly passphraseFile?: string;
  readonly gpg?: string;
}

/** Adds `--key`, `--passphrase-file` and `--gpg` to a command. */
export function addKeyOptions(command: Command): Command {
  return command
    .addOption(new Option("--key <file>", "armored secret key to sign with").conflicts("gpg"))
    .option("--passphrase-file <file>", "file whose first line opens the key")
    .option("--gpg <fingerprint>", "sign with this key of gpg-agent, or of a smart card");
}

/** Opens what the options name. @throws KEY_MISSING, KEY_PASSPHRASE, KEY_REFUSED, FILE_MISSING */
export async function openKey(terminal: Terminal, options: KeyOptions): Promise<KeySource> {
  const passphrase =
    options.passphraseFile === undefined
      ? {}
      : { passphrase: await readSecret(terminal, options.passphraseFile) };
  if (options.gpg !== undefined) return gpgKeySource({ fingerprint: options.gpg, ...passphrase });
  if (options.key === undefined)
    throw new OutriderError(
      "KEY_MISSING",
      "No key is named: pass --key FILE or --gpg FINGERPRINT.",
    );
  return fileKeySource({
    armored: await readFileText(terminal, options.key),
    subject: options.key,
    ...passphrase,
  });
}
