/** `outrider trust rotate`: the draft of the next version, with new dates. */
import type { CommandDefinition } from "../../command.ts";
import { wholeNumber } from "../../options.ts";
import { editTrustFile } from "../../wiring/trust-file.ts";
import { defaultTrustFile } from "../../wiring/trust.ts";

export const rotateCommand: CommandDefinition = (group, context) => {
  group
    .command("rotate")
    .option("--valid-days <number>", "how long the new version is good", wholeNumber, 365)
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .description("start the next version, with new dates and the same keys")
    .addHelpText(
      "after",
      "\nTo replace a root key: trust add-key NEW --role root, trust remove-key OLD, then trust sign with the old and the new key.",
    )
    .action(async (options: { validDays: number; trust: string }) => {
      const terminal = context.terminal();
      const { path, document, notes } = await editTrustFile(
        terminal,
        options.trust,
        options.validDays,
        (draft) => draft,
      );
      terminal.result({ version: document.version, expiresAt: document.expiresAt }, [
        ...notes,
        `Draft of version ${document.version} in ${path}, good until ${document.expiresAt}. Next: outrider trust sign`,
      ]);
    });
};
