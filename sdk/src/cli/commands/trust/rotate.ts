/** `outrider trust rotate`: the draft of the next version, with new dates. */
import { defaultTrustFile } from "../../../release/trust.ts";
import type { CommandDefinition } from "../../command.ts";
import { wholeNumber } from "../../options.ts";
import { editTrustFile } from "../../wiring/trust-file.ts";

export const rotateCommand: CommandDefinition = (group, context) => {
  group
    .command("rotate")
    .option("--valid-days <number>", "how long the new version is good", wholeNumber, 365)
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .description("start the next version, with new dates and the same keys")
    .addHelpText(
      "after",
      "\nExample: a root key is replaced; the old and the new one sign\n  outrider trust add-key keys/new-root.asc --role root\n  outrider trust remove-key 0123456789ABCDEF0123456789ABCDEF01234567\n  outrider trust sign --key keys/root.secret.asc\n  outrider trust sign --key keys/new-root.secret.asc",
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
