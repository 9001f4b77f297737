/** `outrider keys import`: takes a foreign key file apart into files as `keys generate` writes them. */
import { join } from "node:path";
import { readFileText, writeFileWhole } from "../../../release/files.ts";
import type { CommandDefinition } from "../../command.ts";

export const importCommand: CommandDefinition = (group, context) => {
  group
    .command("import")
    .argument("<file>", "armored keys, such as `gpg --armor --export-secret-keys` writes")
    .option("--to <folder>", "where the key files go", "keys")
    .option("--force", "write over files that are there")
    .description(
      "bring keys into a folder: FINGERPRINT.asc, and FINGERPRINT.secret.asc as locked as it was",
    )
    .addHelpText(
      "after",
      "\nExample:\n  gpg --armor --export-secret-keys ada@vendor.example > ada-gpg.asc\n  outrider keys import ada-gpg.asc --to keys",
    )
    .action(async (file: string, options: { to: string; force?: true }) => {
      const terminal = context.terminal();
      const { exportKeys } = await import("../../../signing/openpgp/index.ts");
      const keys = await exportKeys(await readFileText(terminal, file), file);
      const force = options.force === true;
      const written: string[] = [];
      for (const { fingerprint, publicKey, secretKey } of keys) {
        const path = join(options.to, fingerprint);
        await writeFileWhole(terminal, `${path}.asc`, publicKey, { force });
        written.push(`${path}.asc`);
        if (secretKey === undefined) continue;
        await writeFileWhole(terminal, `${path}.secret.asc`, secretKey, { force, secret: true });
        written.push(`${path}.secret.asc`);
      }
      terminal.result(
        { written },
        written.map((path) => `Wrote ${path}.`),
      );
    });
};
