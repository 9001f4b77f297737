/** `outrider trust init`: the draft of the first trust document. */
import { OutriderError } from "../../../errors/index.ts";
import { systemClock } from "../../../ports/index.ts";
import { fileExists } from "../../../release/files.ts";
import { defaultTrustFile } from "../../../release/trust.ts";
import { createTrust, writeTrust } from "../../../trust/index.ts";
import type { CommandDefinition } from "../../command.ts";
import type { Terminal } from "../../io.ts";
import { several, wholeNumber } from "../../options.ts";
import { judgeFiles } from "../../wiring/certificate.ts";
import { draftPath, writeDraft } from "../../wiring/trust-file.ts";

interface InitOptions {
  readonly trust: string;
  readonly root: string[];
  readonly rootThreshold: number;
  readonly server: string[];
  readonly validDays: number;
  readonly force?: true;
}

export const initCommand: CommandDefinition = (group, context) => {
  group
    .command("init")
    .requiredOption(
      "--root <certificate>",
      "certificate of a root key; may be given several times",
      several,
    )
    .option("--root-threshold <number>", "how many root keys must sign", wholeNumber, 1)
    .requiredOption("--server <certificate>", "certificate of the server's key", several)
    .option("--valid-days <number>", "how long it is good", wholeNumber, 365)
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .option("--force", "begin again: write over a draft that is there")
    .description("begin the first trust document")
    .addHelpText(
      "after",
      "\nExample: two root persons, both must sign\n  outrider trust init --root keys/ada.asc --root keys/ben.asc --root-threshold 2 --server keys/server.asc",
    )
    .action(async (options: InitOptions) => {
      const terminal = context.terminal();
      const draft = draftPath(options.trust);
      await refuseExisting(terminal, options.trust, "Edit it with outrider trust add-key.");
      if (options.force !== true)
        await refuseExisting(terminal, draft, "Go on with outrider trust add-key, or --force.");
      const document = createTrust(
        {
          root: {
            keys: await judgeFiles(terminal, options.root),
            threshold: options.rootThreshold,
          },
          server: { keys: await judgeFiles(terminal, options.server), threshold: 1 },
        },
        { now: systemClock.now(), validDays: options.validDays },
      );
      await writeDraft(terminal, draft, writeTrust(document));
      terminal.result({ path: draft, version: document.version, expiresAt: document.expiresAt }, [
        `Draft of version 1 in ${draft}, good until ${document.expiresAt}. Nobody may release or push yet.`,
        "Next: outrider trust add-key FILE --role release --package NAME, then --role push --group NAME, then trust sign",
      ]);
    });
};

/** What is in force is edited, never begun again: machines would not follow. */
async function refuseExisting(terminal: Terminal, path: string, advice: string): Promise<void> {
  if (await fileExists(terminal, path))
    throw new OutriderError("FILE_EXISTS", `${path} exists already. ${advice}`, { subject: path });
}
