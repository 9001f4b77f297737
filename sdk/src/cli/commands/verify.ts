/** `outrider verify`: makes every check in order and explains it; the first that fails gives the code. */
import { basename } from "node:path";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import type { SealedDocument } from "../../messages/index.ts";
import {
  archivedBase,
  checkContents,
  matchArchive,
  type BaseRelease,
  type OpenArchive,
} from "../../package/index.ts";
import { readDocumentText, validateManifest } from "../../schema/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import type { CommandDefinition } from "../command.ts";
import { shownPath } from "../files.ts";
import { formatCount } from "../format.ts";
import type { Terminal } from "../io.ts";
import { several } from "../options.ts";
import { followProgress } from "../progress.ts";
import { openNamedArchive, openPackage, type NamedPackage } from "../wiring/package.ts";
import { defaultTrustFile, openTrust } from "../wiring/trust.ts";

interface Step {
  readonly name: string;
  readonly passed: boolean;
  readonly sentence: string;
  readonly code?: string;
}

export const verify: CommandDefinition = (program, context) => {
  program
    .command("verify")
    .argument("<package>", "an archive, or the folder that build made")
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .option(
      "--base <package>",
      "an earlier package, to apply patches to; may be given several times",
      several,
    )
    .description("check a package against the trust document and explain every check")
    .addHelpText(
      "after",
      "\nExample:\n  outrider verify dist/press-control-3.0.0 --trust trust.json\n  outrider verify dist/press-control-3.0.0 --base dist/press-control-2.9.0",
    )
    .action(async (target: string, options: { trust: string; base?: readonly string[] }) => {
      const terminal = context.terminal();
      const trust = await openTrust(terminal, options.trust);
      const named = await openPackage(terminal, target);
      const bases = await openBases(terminal, options.base ?? []);
      try {
        const steps = explainSignatures(trust, named.manifest);
        if (steps.every(({ passed }) => passed))
          steps.push(...(await explainContents(terminal, named, bases)));
        const failed = steps.find(({ passed }) => !passed);
        if (failed !== undefined) context.exitWith(1);
        const verdict =
          failed === undefined
            ? `${target} is good.`
            : `${target} is refused: ${failed.code ?? ""}.`;
        terminal.result(
          {
            package: target,
            verified: failed === undefined,
            ...(failed === undefined ? {} : { code: failed.code }),
            manifest: sha256Hex(named.manifest.bytes),
            checks: steps,
          },
          [
            ...steps.map(
              ({ name, passed, sentence }) =>
                `${passed ? "ok     " : "REFUSED"}  ${name.padEnd(10)}  ${sentence}`,
            ),
            verdict,
          ],
        );
      } finally {
        await named.archive.close();
        for (const { archive } of bases) await archive.close();
      }
    });
};

function explainSignatures(trust: TrustSet, manifest: SealedDocument<"manifest/1">): Step[] {
  const { checks, error } = trust.explain(manifest);
  const steps: Step[] = checks.map(({ name, passed, sentence, code }) => ({
    name,
    passed,
    sentence,
    ...(code === undefined ? {} : { code }),
  }));
  // What was refused before the first named check was made is told all the same.
  if (error !== undefined && steps.every(({ passed }) => passed))
    steps.push({ name: "signatures", passed: false, sentence: error.message, code: error.code });
  return steps;
}

/** Somebody signed with another tool: the archive, which travels alone, does not know it yet. */
function signatureNote(
  { signatures }: SealedDocument<"manifest/1">,
  { head }: NamedPackage["archive"],
): string {
  const isSame = signatures.join("").trim() === head.signatures.join("").trim();
  return isSame
    ? ""
    : ", but not the signatures of manifest.json.asc: add them with outrider sign --signature";
}

/** Only now are the manifest's own words believed. */
async function explainContents(
  terminal: Terminal,
  { manifest, archive, patches }: NamedPackage,
  bases: readonly EarlierRelease[],
): Promise<Step[]> {
  const steps: Step[] = [];
  const step = async (name: string, check: () => Promise<string>): Promise<void> => {
    if (steps.some(({ passed }) => !passed)) return;
    try {
      steps.push({ name, passed: true, sentence: await check() });
    } catch (error) {
      if (!isOutriderError(error)) throw error;
      steps.push({ name, passed: false, sentence: error.message, code: error.code });
    }
  };
  const document = readDocumentText(manifest.text, validateManifest, archive.path);
  await step("archive", async () => {
    if (archive.head.manifestText === manifest.text)
      return `${shownPath(terminal, archive.path)} carries this manifest${signatureNote(manifest, archive)}.`;
    throw new OutriderError(
      "PACKAGE_MISMATCH",
      `${archive.path} carries another manifest than the folder.`,
      { subject: archive.path },
    );
  });
  const signed = { document, bytes: manifest.bytes };
  const check = async (opened: OpenArchive, base?: BaseRelease): Promise<void> => {
    const progress = followProgress(terminal, `checking ${basename(opened.path)}`);
    const { signal } = terminal;
    await checkContents(opened, signed, { base, signal, onProgress: progress.update }).finally(
      progress.stop,
    );
  };
  const files = formatCount(document.files.length, "file");
  await step("contents", async () => {
    await check(archive, baseOf(archive, bases));
    return `${files} as signed, by size and digest, and nothing else.`;
  });
  for (const path of patches)
    await step("patch", async () => {
      const patch = await openNamedArchive(terminal, path);
      try {
        const shown = shownPath(terminal, path);
        const base = baseOf(patch, bases);
        if (base === undefined) {
          await matchArchive(patch, signed);
          return `${shown} carries this manifest; it is applied where --base names what it builds on.`;
        }
        await check(patch, base);
        return `${shown}, applied to what it builds on, gives the same ${files}.`;
      } finally {
        await patch.close();
      }
    });
  return steps;
}

function baseOf({ head }: OpenArchive, bases: readonly EarlierRelease[]): BaseRelease | undefined {
  return bases.find(({ release }) => release.manifest === head.index.base)?.release;
}

/** An earlier release whose archive is open. */
interface EarlierRelease {
  readonly archive: OpenArchive;
  readonly release: BaseRelease;
}

/** Who signed them does not matter: what a patch makes of them is held to the signed manifest. */
async function openBases(
  terminal: Terminal,
  targets: readonly string[],
): Promise<EarlierRelease[]> {
  const opened: EarlierRelease[] = [];
  for (const target of targets) {
    const { archive, manifest } = await openPackage(terminal, target);
    const document = readDocumentText(manifest.text, validateManifest, archive.path);
    const release = await archivedBase(archive, { document, bytes: manifest.bytes });
    opened.push({ archive, release });
  }
  return opened;
}
