/** From options to a KeySource: a key file, or a key in gpg-agent or on a card. */
import { Option, type Command } from "commander";
import { OutriderError } from "../../errors/index.ts";
import type { KeySource } from "../../ports/index.ts";
import { readFileText, readSecret } from "../../release/files.ts";
import type { KeyConfig } from "../../schema/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import { withPrompt } from "../prompt.ts";

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
    .option(
      "--passphrase-file <file>",
      "file whose first line opens the key (default: asked at a terminal)",
    )
    .option("--gpg <fingerprint>", "sign with this key of gpg-agent, or of a smart card");
}

/** Opens what the options name. @throws KEY_MISSING, KEY_PASSPHRASE, KEY_REFUSED, FILE_MISSING, CANCELLED */
export async function openKey(terminal: Terminal, options: KeyOptions): Promise<KeySource> {
  const { key, gpg, passphraseFile } = options;
  if (gpg === undefined && key === undefined)
    throw new OutriderError(
      "KEY_MISSING",
      "No key is named: pass --key FILE or --gpg FINGERPRINT.",
    );
  const given =
    passphraseFile === undefined ? undefined : await readSecret(terminal, passphraseFile);
  // OpenPGP.js takes 0.2 s to load: only those wait who sign.
  const { fileKeySource, gpgKeySource } = await import("../../signing/sources/index.ts");
  if (gpg !== undefined)
    return gpgKeySource({
      fingerprint: gpg,
      ...(given === undefined ? {} : { passphrase: given }),
    });
  const subject = key ?? "";
  return fileKeySource({
    armored: await readFileText(terminal, subject),
    subject,
    passphrase: given ?? (() => askPassphrase(terminal, subject)),
  });
}

/** Opens what a configuration names. @throws as {@link openKey} */
export async function openConfiguredKey(
  terminal: Terminal,
  { resolve, path }: Configuration<unknown>,
  key: KeyConfig,
): Promise<KeySource> {
  const passphraseFile =
    key.passphraseFile === undefined ? {} : { passphraseFile: resolve(key.passphraseFile) };
  if (key.gpg !== undefined) return openKey(terminal, { gpg: key.gpg, ...passphraseFile });
  if (key.file !== undefined)
    return openKey(terminal, { key: resolve(key.file), ...passphraseFile });
  throw new OutriderError("KEY_MISSING", `${path} names no key where it needs one.`, {
    subject: path,
    pointer: "/key",
  });
}

async function askPassphrase(terminal: Terminal, file: string): Promise<string> {
  if (terminal.attended)
    return withPrompt(terminal, (prompt) => prompt.askSecret(`Passphrase of ${file}`));
  throw new OutriderError(
    "KEY_PASSPHRASE",
    `${file} is locked, and nobody is here to be asked: pass --passphrase-file FILE.`,
    { subject: file },
  );
}
