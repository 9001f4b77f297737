/** `outrider trust init`: the first trust document, unsigned. */
import { OutriderError } from "../../../errors/index.ts";
import { systemClock } from "../../../ports/index.ts";
import { createTrust, writeTrust } from "../../../trust/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { fileExists, writeFileWhole } from "../../files.ts";
import { several, wholeNumber } from "../../options.ts";
import { judgeFiles } from "../../wiring/certificate.ts";
import { defaultTrustFile } from "../../wiring/trust.ts";

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
    .option("--trust <file>", "where to write", defaultTrustFile)
    .option("--force", "write over a file that is there")
    .description("make the first trust document")
    .action(async (options: InitOptions) => {
      const terminal = context.terminal();
      const force = options.force === true;
      if (!force && (await fileExists(terminal, options.trust)))
        throw new OutriderError(
          "FILE_EXISTS",
          `${options.trust} exists already; nothing was written.`,
          { subject: options.trust },
        );
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
      await writeFileWhole(terminal, options.trust, writeTrust(document), { force });
      terminal.result(
        { path: options.trust, version: document.version, expiresAt: document.expiresAt },
        [
          `Version 1 in ${options.trust}, good until ${document.expiresAt}. Nobody may release or push yet.`,
          "Next: outrider trust add-key FILE --role release --package NAME, then --role push --group NAME, then trust sign",
        ],
      );
    });
};
