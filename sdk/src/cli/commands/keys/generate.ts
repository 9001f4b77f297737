/** `outrider keys generate`: makes a key for a person or a server. */
import { Option } from "commander";
import { OutriderError } from "../../../errors/index.ts";
import { fileExists, readSecret, writeFileWhole } from "../../../release/files.ts";
import type { KeyAlgorithm } from "../../../signing/openpgp/index.ts";
import type { CommandDefinition } from "../../command.ts";
import type { Terminal } from "../../io.ts";
import { endOfDay } from "../../options.ts";
import { withPrompt } from "../../prompt.ts";

const algorithms: readonly KeyAlgorithm[] = [
  "ed25519",
  "ed25519-v6",
  "nistp256",
  "nistp384",
  "rsa3072",
  "rsa4096",
];

interface GenerateOptions {
  readonly name: string;
  readonly email?: string;
  readonly passphraseFile?: string;
  readonly passphrase: boolean;
  readonly algorithm: KeyAlgorithm;
  readonly expires?: Date;
  readonly force?: true;
}

export const generateCommand: CommandDefinition = (group, context) => {
  group
    .command("generate")
    .argument("<path>", "where to write: PATH.asc, PATH.secret.asc and PATH.revocation.asc")
    .requiredOption("--name <name>", "who holds it")
    .option("--email <address>", "the holder's mail address")
    .option(
      "--passphrase-file <file>",
      "lock the secret with the first line of this file (default: asked at a terminal)",
    )
    .option("--no-passphrase", "leave the secret unlocked, without asking")
    .addOption(
      new Option("--algorithm <name>", "kind of key").choices(algorithms).default("ed25519"),
    )
    .option("--expires <date>", "last day, YYYY-MM-DD (default: three years from now)", endOfDay)
    .option("--force", "write over files that are there")
    .description("make a key that signs and does nothing else")
    .addHelpText(
      "after",
      '\nExample:\n  outrider keys generate keys/release --name "Release Engineer" --email release@vendor.example',
    )
    .action(async (path: string, options: GenerateOptions) => {
      const terminal = context.terminal();
      const files = {
        publicKey: `${path}.asc`,
        secretKey: `${path}.secret.asc`,
        revocationCertificate: `${path}.revocation.asc`,
      };
      const force = options.force === true;
      for (const file of Object.values(files)) {
        if (!force && (await fileExists(terminal, file)))
          throw new OutriderError("FILE_EXISTS", `${file} exists already; nothing was written.`, {
            subject: file,
          });
      }
      const passphrase = await choosePassphrase(terminal, options);
      const { generateKey } = await import("../../../signing/openpgp/index.ts");
      const made = await generateKey({
        userId: {
          name: options.name,
          ...(options.email === undefined ? {} : { email: options.email }),
        },
        algorithm: options.algorithm,
        ...(options.expires === undefined ? {} : { expires: options.expires }),
        ...(passphrase === undefined ? {} : { passphrase }),
      });
      for (const name of ["secretKey", "publicKey", "revocationCertificate"] as const)
        await writeFileWhole(terminal, files[name], made[name], {
          force,
          secret: name !== "publicKey",
        });
      terminal.result({ fingerprint: made.fingerprint, ...files }, [
        `Key ${made.fingerprint} for ${options.name}.`,
        `  ${files.publicKey} to hand out`,
        `  ${files.secretKey} to keep${passphrase === undefined ? " (it is not locked: keep it where nobody else reads)" : ""}`,
        `  ${files.revocationCertificate} to keep apart, for the day it is lost`,
      ]);
    });
};

/** @returns nothing where the secret stays unlocked. */
async function choosePassphrase(
  terminal: Terminal,
  { passphraseFile, passphrase }: GenerateOptions,
): Promise<string | undefined> {
  if (passphraseFile !== undefined) return readSecret(terminal, passphraseFile);
  if (!passphrase || !terminal.attended) return undefined;
  return withPrompt(terminal, async (prompt) => {
    const chosen = await prompt.askSecret("Passphrase that locks the secret (none: just Enter)");
    if (chosen === "") return undefined;
    if ((await prompt.askSecret("The same again")) === chosen) return chosen;
    throw new OutriderError("KEY_PASSPHRASE", "The two passphrases differ; nothing was written.");
  });
}
