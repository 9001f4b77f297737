/** `outrider sign`: adds one person's signature to a package. */
import { Option } from "commander";
import { inEnglish } from "../../errors/index.ts";
import { fileExists, readFileText, shownPath } from "../../release/files.ts";
import { addSignature, readSignable, signWith, takeSignature } from "../../release/sign.ts";
import { describeTallies, tallyJson } from "../../release/tally.ts";
import { defaultTrustFile, openTrust } from "../../release/trust.ts";
import type { TrustSet } from "../../trust/index.ts";
import type { CommandDefinition } from "../command.ts";
import type { Terminal } from "../io.ts";
import { addKeyOptions, openKey, type KeyOptions } from "../wiring/key.ts";

interface SignOptions extends KeyOptions {
  readonly signature?: string;
  readonly trust: string;
}

export const sign: CommandDefinition = (program, context) => {
  const command = program
    .command("sign")
    .argument("<package>", "the folder that build made")
    .addOption(
      new Option(
        "--signature <file>",
        "add a detached signature of manifest.json that was made elsewhere",
      ).conflicts(["key", "gpg"]),
    )
    .option("--trust <file>", "trust document that says how many must sign", defaultTrustFile)
    .description("add a signature to a package; each person runs it once")
    .addHelpText(
      "after",
      `
Examples:
  outrider sign dist/press-control-3.0.0 --key keys/release.secret.asc
  outrider sign dist/press-control-3.0.0 --gpg 0123456789ABCDEF0123456789ABCDEF01234567
  gpg --armor --detach-sign --output mine.asc dist/press-control-3.0.0/manifest.json
  outrider sign dist/press-control-3.0.0 --signature mine.asc`,
    );
  addKeyOptions(command).action(async (target: string, options: SignOptions) => {
    const terminal = context.terminal();
    const signable = await readSignable(terminal, target);
    const { manifest, manifestPath, name, sha256, version } = signable;
    terminal.say(
      `Signing ${name} ${version}: ${shownPath(terminal, manifestPath)}\n  ${manifest.bytes.length} bytes, SHA-256 ${sha256}`,
    );
    const trust = await openTrustAtHand(terminal, options.trust);
    const made =
      options.signature === undefined
        ? await signWith(terminal, signable, await openKey(terminal, options))
        : takeSignature(
            signable,
            await readFileText(terminal, options.signature),
            options.signature,
            trust,
          );
    const tallies = await addSignature(terminal, signable, made, trust);
    terminal.result(
      { manifest: manifestPath, sha256, signedBy: made.by, tallies: tallyJson(tallies) },
      [`Signed by ${made.by}.`, ...describeTallies(tallies).map(inEnglish)],
    );
  });
};

/** Without a trust document a package can be signed all the same: only nobody can say how many more must. */
async function openTrustAtHand(terminal: Terminal, path: string): Promise<TrustSet | undefined> {
  const isAbsent = path === defaultTrustFile && !(await fileExists(terminal, path));
  return isAbsent ? undefined : openTrust(terminal, path);
}
