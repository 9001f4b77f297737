/** `outrider keys export`: the public half of a secret key file. */
import { readFileText, writeFileWhole } from "../../../release/files.ts";
import type { CommandDefinition } from "../../command.ts";

export const exportCommand: CommandDefinition = (group, context) => {
  group
    .command("export")
    .argument("<file>", "armored key file")
    .option("--out <file>", "where to write (default: standard output)")
    .option("--force", "write over a file that is there")
    .description("write the certificate of a key, to be handed out; never anything secret")
    .addHelpText("after", "\nExample:\n  outrider keys export keys/ada.secret.asc --out ada.asc")
    .action(async (file: string, options: { out?: string; force?: true }) => {
      const terminal = context.terminal();
      const { exportKeys } = await import("../../../signing/openpgp/index.ts");
      const keys = await exportKeys(await readFileText(terminal, file), file);
      const armored = keys.map(({ publicKey }) => publicKey).join("");
      const described = keys.map(({ fingerprint, userIds, publicKey }) => ({
        fingerprint,
        userIds,
        publicKey,
      }));
      if (options.out === undefined) return terminal.result(described, armored.trimEnd());
      await writeFileWhole(terminal, options.out, armored, { force: options.force === true });
      terminal.result(
        described,
        `${keys.map(({ fingerprint }) => fingerprint).join(", ")} in ${options.out}.`,
      );
    });
};
