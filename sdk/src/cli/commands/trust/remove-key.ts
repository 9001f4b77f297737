/** `outrider trust remove-key`: takes a key out of every role. */
import { defaultTrustFile } from "../../../release/trust.ts";
import { removeKey } from "../../../trust/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { wholeNumber } from "../../options.ts";
import { editTrustFile } from "../../wiring/trust-file.ts";

export const removeKeyCommand: CommandDefinition = (group, context) => {
  group
    .command("remove-key")
    .argument("<fingerprint>", "of the key")
    .option("--revoke", "also name it as revoked, because it was lost or stolen")
    .option("--valid-days <number>", "how long a new version is good", wholeNumber, 365)
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .description("take a key out of every role")
    .addHelpText(
      "after",
      "\nExample: a key was stolen\n  outrider trust remove-key 0123456789ABCDEF0123456789ABCDEF01234567 --revoke\n  outrider trust sign --key keys/root.secret.asc",
    )
    .action(async (given: string, options: { revoke?: true; validDays: number; trust: string }) => {
      const terminal = context.terminal();
      const fingerprint = given.replaceAll(" ", "").toUpperCase();
      const revoke = options.revoke === true;
      const { path, document, notes } = await editTrustFile(
        terminal,
        options.trust,
        options.validDays,
        (draft) => removeKey(draft, fingerprint, { revoke }),
      );
      terminal.result({ version: document.version, removed: fingerprint, revoked: revoke }, [
        ...notes,
        `${fingerprint} is out${revoke ? " and revoked" : ""}. Draft of version ${document.version} in ${path}. Next: outrider trust sign`,
      ]);
    });
};
