/** `outrider sign`: adds one person's signature to a package. */
import { sealText } from "../../messages/index.ts";
import { sealPackage } from "../../package/build/index.ts";
import { systemClock } from "../../ports/index.ts";
import { readDocumentText, validateManifest } from "../../schema/index.ts";
import { joinSignatures, sha256Hex } from "../../signing/index.ts";
import { tallySignatures, type TrustSet } from "../../trust/index.ts";
import type { CommandDefinition } from "../command.ts";
import { fileExists } from "../files.ts";
import type { Terminal } from "../io.ts";
import { followProgress } from "../progress.ts";
import { addKeyOptions, openKey, type KeyOptions } from "../wiring/key.ts";
import { readPackageFolder } from "../wiring/package.ts";
import { describeTallies, tallyJson } from "../wiring/tally.ts";
import { defaultTrustFile, openTrust } from "../wiring/trust.ts";

interface SignOptions extends KeyOptions {
  readonly trust: string;
}

export const sign: CommandDefinition = (program, context) => {
  const command = program
    .command("sign")
    .argument("<package>", "the folder that build made")
    .option("--trust <file>", "trust document that says how many must sign", defaultTrustFile)
    .description("add a signature to a package; each person runs it once")
    .addHelpText(
      "after",
      "\nExamples:\n  outrider sign dist/press-control-3.0.0 --key keys/release.secret.asc\n  outrider sign dist/press-control-3.0.0 --gpg 0123456789ABCDEF0123456789ABCDEF01234567",
    );
  addKeyOptions(command).action(async (target: string, options: SignOptions) => {
    const terminal = context.terminal();
    const folder = await readPackageFolder(terminal, target);
    const { name, version } = readDocumentText(
      folder.manifest.text,
      validateManifest,
      folder.manifestPath,
    );
    const sha256 = sha256Hex(folder.manifest.bytes);
    terminal.say(
      `Signing ${name} ${version}: ${folder.manifestPath}\n  ${folder.manifest.bytes.length} bytes, SHA-256 ${sha256}`,
    );
    const trust = await openTrustAtHand(terminal, options.trust);
    const key = await openKey(terminal, options);
    const signature = await key.sign(folder.manifest.bytes, { signal: terminal.signal });
    const signatures = joinSignatures([...folder.manifest.signatures, signature]);
    const progress = followProgress(terminal, "sealing");
    await sealPackage({
      directory: folder.directory,
      signatures,
      signal: terminal.signal,
      onProgress: progress.update,
    }).finally(progress.stop);
    const sealed = sealText("manifest/1", folder.manifest.text, [signatures]);
    const tallies =
      trust === undefined ? [] : tallySignatures(trust.document, sealed, systemClock.now());
    terminal.result(
      {
        manifest: folder.manifestPath,
        sha256,
        signedBy: key.fingerprint,
        tallies: tallyJson(tallies),
      },
      [`Signed by ${key.fingerprint}.`, ...describeTallies(tallies)],
    );
  });
};

/** Without a trust document a package can be signed all the same: only nobody can say how many more must. */
async function openTrustAtHand(terminal: Terminal, path: string): Promise<TrustSet | undefined> {
  const isAbsent = path === defaultTrustFile && !(await fileExists(terminal, path));
  return isAbsent ? undefined : openTrust(terminal, path);
}
