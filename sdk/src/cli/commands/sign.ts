/** `outrider sign`: adds one person's signature to a package. */
import { Option } from "commander";
import { sealText } from "../../messages/index.ts";
import { sealPackage } from "../../package/build/index.ts";
import { systemClock } from "../../ports/index.ts";
import { readDocumentText, validateManifest } from "../../schema/index.ts";
import { joinSignatures, sha256Hex, verifySignatures } from "../../signing/index.ts";
import { tallySignatures, type TrustSet } from "../../trust/index.ts";
import type { CommandDefinition } from "../command.ts";
import { fileExists, readFileText, shownPath } from "../files.ts";
import type { Terminal } from "../io.ts";
import { followProgress } from "../progress.ts";
import { addKeyOptions, openKey, type KeyOptions } from "../wiring/key.ts";
import { readPackageFolder } from "../wiring/package.ts";
import { describeTallies, tallyJson } from "../wiring/tally.ts";
import { defaultTrustFile, openTrust } from "../wiring/trust.ts";

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
    const { directory, manifestPath, manifest } = await readPackageFolder(terminal, target);
    const { name, version } = readDocumentText(manifest.text, validateManifest, manifestPath);
    const sha256 = sha256Hex(manifest.bytes);
    terminal.say(
      `Signing ${name} ${version}: ${shownPath(terminal, manifestPath)}\n  ${manifest.bytes.length} bytes, SHA-256 ${sha256}`,
    );
    const trust = await openTrustAtHand(terminal, options.trust);
    const made = await makeSignature(terminal, manifest.bytes, options, trust);
    const signatures = joinSignatures([...manifest.signatures, made.armored]);
    const progress = followProgress(terminal, "sealing");
    await sealPackage({
      directory,
      signatures,
      signal: terminal.signal,
      onProgress: progress.update,
    }).finally(progress.stop);
    const sealed = sealText("manifest/1", manifest.text, [signatures]);
    const tallies =
      trust === undefined ? [] : tallySignatures(trust.document, sealed, systemClock.now());
    terminal.result(
      { manifest: manifestPath, sha256, signedBy: made.by, tallies: tallyJson(tallies) },
      [`Signed by ${made.by}.`, ...describeTallies(tallies)],
    );
  });
};

/** @returns the signature, and for people who made it. */
async function makeSignature(
  terminal: Terminal,
  bytes: Uint8Array,
  options: SignOptions,
  trust: TrustSet | undefined,
): Promise<{ readonly armored: string; readonly by: string }> {
  if (options.signature === undefined) {
    const key = await openKey(terminal, options);
    return { armored: await key.sign(bytes, { signal: terminal.signal }), by: key.fingerprint };
  }
  const armored = await readFileText(terminal, options.signature);
  // One of a key that nobody knows yet may be good; one that does not fit the manifest never will be.
  const [verdict] = verifySignatures(
    bytes,
    [armored],
    trust?.document.keys ?? [],
    systemClock.now(),
  );
  if (verdict?.ok === false && verdict.error.code !== "KEY_UNKNOWN") throw verdict.error;
  const by = verdict?.ok === true ? verdict.signature.key.fingerprint : options.signature;
  return { armored, by };
}

/** Without a trust document a package can be signed all the same: only nobody can say how many more must. */
async function openTrustAtHand(terminal: Terminal, path: string): Promise<TrustSet | undefined> {
  const isAbsent = path === defaultTrustFile && !(await fileExists(terminal, path));
  return isAbsent ? undefined : openTrust(terminal, path);
}
