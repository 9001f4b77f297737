/** `outrider keys`: makes OpenPGP keys for people and servers. */
import { Option } from "commander";
import { OutriderError } from "../../errors/index.ts";
import { generateKey, type KeyAlgorithm } from "../../signing/openpgp/index.ts";
import type { CommandDefinition } from "../command.ts";
import { fileExists, readSecret, writeFileWhole } from "../files.ts";

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
  readonly algorithm: KeyAlgorithm;
  readonly expires?: string;
  readonly force?: true;
}

export const keys: CommandDefinition = (program, context) => {
  const group = program.command("keys").description("make and manage OpenPGP keys");
  group
    .command("generate")
    .argument("<path>", "where to write: PATH.asc, PATH.secret.asc and PATH.revocation.asc")
    .requiredOption("--name <name>", "who holds it")
    .option("--email <address>", "the holder's mail address")
    .option("--passphrase-file <file>", "lock the secret with the first line of this file")
    .addOption(
      new Option("--algorithm <name>", "kind of key").choices(algorithms).default("ed25519"),
    )
    .option("--expires <date>", "last day, YYYY-MM-DD (default: three years from now)")
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
      const made = await generateKey({
        userId: {
          name: options.name,
          ...(options.email === undefined ? {} : { email: options.email }),
        },
        algorithm: options.algorithm,
        ...(options.expires === undefined ? {} : { expires: endOfDay(options.expires) }),
        ...(options.passphraseFile === undefined
          ? {}
          : { passphrase: await readSecret(terminal, options.passphraseFile) }),
      });
      for (const name of ["secretKey", "publicKey", "revocationCertificate"] as const)
        await writeFileWhole(terminal, files[name], made[name], {
          force,
          secret: name !== "publicKey",
        });
      terminal.result({ fingerprint: made.fingerprint, ...files }, [
        `Key ${made.fingerprint} for ${options.name}.`,
        `  ${files.publicKey} to hand out`,
        `  ${files.secretKey} to keep${options.passphraseFile === undefined ? " (it is not locked: keep it where nobody else reads)" : ""}`,
        `  ${files.revocationCertificate} to keep apart, for the day it is lost`,
      ]);
    });
};

function endOfDay(date: string): Date {
  const end = new Date(`${date}T23:59:59Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(end.getTime()))
    throw new OutriderError("CONFIG_INVALID", `${date} is not a day: write YYYY-MM-DD.`);
  return end;
}
