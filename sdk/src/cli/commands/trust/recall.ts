/** `outrider trust recall`: takes a release back for good; no machine installs it once it has this trust version. */
import { OutriderError } from "../../../errors/index.ts";
import { fileExists } from "../../../release/files.ts";
import { openPackage } from "../../../release/package.ts";
import { defaultTrustFile } from "../../../release/trust.ts";
import { sha256Hex } from "../../../signing/index.ts";
import { revokeManifest } from "../../../trust/index.ts";
import type { CommandDefinition } from "../../command.ts";
import type { Terminal } from "../../io.ts";
import { wholeNumber } from "../../options.ts";
import { editTrustFile } from "../../wiring/trust-file.ts";

export const recallCommand: CommandDefinition = (group, context) => {
  group
    .command("recall")
    .argument("<release>", "SHA-256 of its manifest, its archive, or the folder that build made")
    .option("--valid-days <number>", "how long a new version is good", wholeNumber, 365)
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .description("take a release back for good")
    .addHelpText(
      "after",
      "\nQuicker, for a deployment that runs: outrider recall.\n\nExample:\n  outrider trust recall dist/press-control-3.0.0",
    )
    .action(async (release: string, options: { validDays: number; trust: string }) => {
      const terminal = context.terminal();
      const manifest = await manifestOf(terminal, release);
      const { path, document, notes } = await editTrustFile(
        terminal,
        options.trust,
        options.validDays,
        (draft) => revokeManifest(draft, manifest),
      );
      terminal.result({ version: document.version, recalled: manifest }, [
        ...notes,
        `Manifest ${manifest} is recalled. Draft of version ${document.version} in ${path}. Next: outrider trust sign`,
      ]);
    });
};

async function manifestOf(terminal: Terminal, release: string): Promise<string> {
  if (/^[0-9a-f]{64}$/i.test(release)) return release.toLowerCase();
  if (!(await fileExists(terminal, release)))
    throw new OutriderError(
      "FILE_MISSING",
      `${release} is neither a package nor the SHA-256 of a manifest.`,
      { subject: release },
    );
  const { manifest, archive } = await openPackage(terminal, release);
  await archive.close();
  return sha256Hex(manifest.bytes);
}
