/** `outrider trust sign`: adds one person's signature to the draft; the last one puts it in force. */
import { inEnglish, OutriderError } from "../../../errors/index.ts";
import { systemClock } from "../../../ports/index.ts";
import { describeTallies, tallyJson } from "../../../release/tally.ts";
import { defaultTrustFile } from "../../../release/trust.ts";
import { sha256Hex } from "../../../signing/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { addKeyOptions, openKey, type KeyOptions } from "../../wiring/key.ts";
import { describeChanges } from "../../wiring/trust-changes.ts";
import { addTrustSignature, readTrustFile, type TrustVersion } from "../../wiring/trust-file.ts";

export const signCommand: CommandDefinition = (group, context) => {
  const command = group
    .command("sign")
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .description("add a signature to the draft; each person runs it once on the same file")
    .addHelpText(
      "after",
      "\nIt says what the draft changes before it signs.\n\nExamples:\n  outrider trust sign --key keys/root.secret.asc\n  outrider trust sign --gpg 0123456789ABCDEF0123456789ABCDEF01234567",
    );
  addKeyOptions(command).action(async (options: KeyOptions & { trust: string }) => {
    const terminal = context.terminal();
    const { inForce, latest } = await readTrustFile(terminal, options.trust);
    requireUnexpired(latest);
    const { path, document, sealed } = latest;
    terminal.say(
      [
        `Signing version ${document.version} in ${path}: ${sealed.bytes.length} bytes, SHA-256 ${sha256Hex(sealed.bytes)}`,
        ...describeChanges(inForce?.document, document).map((change) => `  ${change}`),
      ].join("\n"),
    );
    const key = await openKey(terminal, options);
    const signature = await key.sign(sealed.bytes, { signal: terminal.signal });
    const { tallies, isComplete } = await addTrustSignature(
      terminal,
      options.trust,
      latest,
      signature,
    );
    terminal.result(
      {
        version: document.version,
        signedBy: key.fingerprint,
        complete: isComplete,
        tallies: tallyJson(tallies),
      },
      [
        `Signed by ${key.fingerprint}.`,
        ...describeTallies(tallies).map(inEnglish),
        isComplete
          ? `Version ${document.version} is in force: ${options.trust}.`
          : "Next: the others run outrider trust sign on the same file.",
      ],
    );
  });
};

function requireUnexpired({ path, document }: TrustVersion): void {
  if (!(Date.parse(document.expiresAt) > systemClock.now().getTime()))
    throw new OutriderError(
      "TRUST_EXPIRED",
      `${path} expired on ${document.expiresAt}. Start its next version with outrider trust rotate.`,
      { subject: path },
    );
}
