/** Makes every check of a package in order and explains each; the first that fails gives the code. */
import { basename } from "node:path";
import {
  isOutriderError,
  OutriderError,
  say,
  sentenceOf,
  type ErrorCode,
  type Sentence,
} from "../errors/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import {
  archivedBase,
  checkContents,
  matchArchive,
  type BaseRelease,
  type OpenArchive,
} from "../package/index.ts";
import { readDocumentText, validateManifest } from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import { explain, type TrustSet } from "../trust/index.ts";
import type { Desk } from "./desk.ts";
import { shownPath } from "./files.ts";
import { openNamedArchive, openPackage, type NamedPackage } from "./package.ts";

/** One check. */
export interface VerifyStep {
  readonly name: string;
  readonly passed: boolean;
  /** Why it passed or failed. */
  readonly sentence: Sentence;
  readonly code?: ErrorCode;
}

/** What became of a package. */
export interface PackageVerdict {
  /** SHA-256 of the manifest. */
  readonly manifest: string;
  /** Up to the first that failed. */
  readonly steps: readonly VerifyStep[];
  /** That one. */
  readonly failed?: VerifyStep;
}

/**
 * Verifies.
 *
 * @param bases earlier packages, to apply patches to.
 * @throws FILE_MISSING, PACKAGE_MALFORMED where there is nothing that could be checked
 */
export async function verifyPackage(
  desk: Desk,
  target: string,
  trust: TrustSet,
  bases: readonly string[] = [],
): Promise<PackageVerdict> {
  const named = await openPackage(desk, target);
  const opened = await openBases(desk, bases);
  try {
    const steps = explainSignatures(trust, named.manifest);
    if (steps.every(({ passed }) => passed))
      steps.push(...(await explainContents(desk, named, opened)));
    const failed = steps.find(({ passed }) => !passed);
    return {
      manifest: sha256Hex(named.manifest.bytes),
      steps,
      ...(failed === undefined ? {} : { failed }),
    };
  } finally {
    await named.archive.close();
    for (const { archive } of opened) await archive.close();
  }
}

function explainSignatures(trust: TrustSet, manifest: SealedDocument<"manifest/1">): VerifyStep[] {
  const { checks, error } = explain(trust, manifest);
  const steps: VerifyStep[] = checks.map(({ name, passed, sentence, code }) => ({
    name,
    passed,
    sentence,
    ...(code === undefined ? {} : { code }),
  }));
  // What was refused before the first named check was made is told all the same.
  if (error !== undefined && steps.every(({ passed }) => passed))
    steps.push({
      name: "signatures",
      passed: false,
      sentence: sentenceOf(error),
      code: error.code,
    });
  return steps;
}

/** Somebody may have signed with another tool: the archive, which travels alone, does not know it yet. */
function carriageOf(
  { signatures }: SealedDocument<"manifest/1">,
  { head }: NamedPackage["archive"],
  shown: string,
): Sentence {
  return signatures.join("").trim() === head.signatures.join("").trim()
    ? say("{0} carries this manifest.", shown)
    : say(
        "{0} carries this manifest, but not the signatures of manifest.json.asc: add them with outrider sign --signature.",
        shown,
      );
}

/** Only now are the manifest's own words believed. */
async function explainContents(
  desk: Desk,
  { manifest, archive, patches }: NamedPackage,
  bases: readonly EarlierRelease[],
): Promise<VerifyStep[]> {
  const steps: VerifyStep[] = [];
  const step = async (name: string, check: () => Promise<Sentence>): Promise<void> => {
    if (steps.some(({ passed }) => !passed)) return;
    try {
      steps.push({ name, passed: true, sentence: await check() });
    } catch (error) {
      if (!isOutriderError(error)) throw error;
      steps.push({ name, passed: false, sentence: sentenceOf(error), code: error.code });
    }
  };
  const document = readDocumentText(manifest.text, validateManifest, archive.path);
  await step("archive", async () => {
    if (archive.head.manifestText === manifest.text)
      return carriageOf(manifest, archive, shownPath(desk, archive.path));
    throw new OutriderError(
      "PACKAGE_MISMATCH",
      say("{0} carries another manifest than the folder.", archive.path),
      { subject: archive.path },
    );
  });
  const signed = { document, bytes: manifest.bytes };
  const check = async (opened: OpenArchive, base?: BaseRelease): Promise<void> => {
    const progress = desk.follow(say("checking {0}", basename(opened.path)));
    const { signal } = desk;
    await checkContents(opened, signed, { base, signal, onProgress: progress.update }).finally(
      progress.stop,
    );
  };
  const files = countOf(document.files.length);
  await step("contents", async () => {
    await check(archive, baseOf(archive, bases));
    return say("{0} as signed, by size and digest, and nothing else.", files);
  });
  for (const path of patches)
    await step("patch", async () => {
      const patch = await openNamedArchive(desk, path);
      try {
        const shown = shownPath(desk, path);
        const base = baseOf(patch, bases);
        if (base === undefined) {
          await matchArchive(patch, signed);
          return say(
            "{0} carries this manifest; it is applied where --base names what it builds on.",
            shown,
          );
        }
        await check(patch, base);
        return say("{0}, applied to what it builds on, gives the same {1}.", shown, files);
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
async function openBases(desk: Desk, targets: readonly string[]): Promise<EarlierRelease[]> {
  const opened: EarlierRelease[] = [];
  for (const target of targets) {
    const { archive, manifest } = await openPackage(desk, target);
    const document = readDocumentText(manifest.text, validateManifest, archive.path);
    const release = await archivedBase(archive, { document, bytes: manifest.bytes });
    opened.push({ archive, release });
  }
  return opened;
}

function countOf(files: number): Sentence {
  return files === 1 ? say("1 file") : say("{0} files", files);
}
