/** `outrider sign`: adds one person's signature to a package. */
import { OutriderError } from "../../errors/index.ts";
import { sealText } from "../../messages/index.ts";
import { sealPackage } from "../../package/build/index.ts";
import { joinSignatures, sha256Hex } from "../../signing/index.ts";
import type { CommandDefinition } from "../command.ts";
import { fileExists } from "../files.ts";
import type { Terminal } from "../io.ts";
import { followProgress } from "../progress.ts";
import { addKeyOptions, openKey, type KeyOptions } from "../wiring/key.ts";
import { openPackageFolder } from "../wiring/package.ts";
import { describeStanding } from "../wiring/standing.ts";
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
    const folder = await openPackageFolder(terminal, target);
    const sha256 = sha256Hex(folder.manifest.bytes);
    terminal.say(
      `Signing ${folder.manifestPath}\n  ${folder.manifest.bytes.length} bytes, SHA-256 ${sha256}`,
    );
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
    const standing = await standingOf(terminal, options.trust, folder.manifest.text, signatures);
    terminal.result(
      { manifest: folder.manifestPath, sha256, signedBy: key.fingerprint, ...standing },
      [`Signed by ${key.fingerprint}.`, ...(standing === undefined ? [] : [standing.sentence])],
    );
  });
};

/** How many have signed, of how many that must: where a trust document is at hand. */
async function standingOf(
  terminal: Terminal,
  trustFile: string,
  text: string,
  signatures: string,
): Promise<{ readonly satisfied: boolean; readonly sentence: string } | undefined> {
  if (!(await fileExists(terminal, trustFile))) {
    if (trustFile !== defaultTrustFile)
      throw new OutriderError("TRUST_MISSING", `${trustFile} does not exist.`, {
        subject: trustFile,
      });
    return undefined;
  }
  const trust = await openTrust(terminal, trustFile);
  return describeStanding(() => trust.verifyManifest(sealText("manifest/1", text, [signatures])));
}
