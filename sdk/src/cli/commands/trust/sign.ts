/** `outrider trust sign`: adds one person's signature to the trust document. */
import { OutriderError } from "../../../errors/index.ts";
import { systemClock } from "../../../ports/index.ts";
import { joinSignatures, sha256Hex } from "../../../signing/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { addKeyOptions, openKey, type KeyOptions } from "../../wiring/key.ts";
import { describeTallies, tallyJson } from "../../wiring/tally.ts";
import { readTrustFile, writeTrustSignatures } from "../../wiring/trust-file.ts";
import { defaultTrustFile } from "../../wiring/trust.ts";

export const signCommand: CommandDefinition = (group, context) => {
  const command = group
    .command("sign")
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .description("add a signature; each person runs it once on the same file");
  addKeyOptions(command).action(async (options: KeyOptions & { trust: string }) => {
    const terminal = context.terminal();
    const { document, sealed, path } = await readTrustFile(terminal, options.trust);
    if (!(Date.parse(document.expiresAt) > systemClock.now().getTime()))
      throw new OutriderError(
        "TRUST_EXPIRED",
        `${path} expired on ${document.expiresAt}. Start its next version with outrider trust rotate.`,
        {
          subject: path,
        },
      );
    terminal.say(
      `Signing version ${document.version} in ${path}\n  ${sealed.bytes.length} bytes, SHA-256 ${sha256Hex(sealed.bytes)}`,
    );
    const key = await openKey(terminal, options);
    const signature = await key.sign(sealed.bytes, { signal: terminal.signal });
    await writeTrustSignatures(terminal, path, joinSignatures([...sealed.signatures, signature]));
    const { tallies, isComplete } = await readTrustFile(terminal, path);
    terminal.result(
      {
        version: document.version,
        signedBy: key.fingerprint,
        complete: isComplete,
        tallies: tallyJson(tallies),
      },
      [
        `Signed by ${key.fingerprint}.`,
        ...describeTallies(tallies),
        isComplete
          ? `Version ${document.version} is complete.`
          : `Next: the others run outrider trust sign on the same file.`,
      ],
    );
  });
};
