/**
 * The trust document as people keep it. `trust.json` with `trust.json.asc` is the version in force, always whole and
 * signed by everybody it takes, so that servers may be started and packages signed at any moment. What is being edited
 * and signed is a draft beside it, `trust.next.json`; the last signature puts it in force, and the version before is
 * kept as `trust.N.json`: machines go from version to version.
 */
import { OutriderError } from "../../errors/index.ts";
import { readSealedDocument, type SealedDocument } from "../../messages/index.ts";
import { nodeFileSystem, systemClock } from "../../ports/index.ts";
import { fileExists, resolvePath, writeFileWhole } from "../../release/files.ts";
import { readTrust } from "../../release/trust.ts";
import type { Trust } from "../../schema/index.ts";
import { joinSignatures } from "../../signing/index.ts";
import { nextTrust, tallySignatures, writeTrust, type Tally } from "../../trust/index.ts";
import type { Terminal } from "../io.ts";

/** One version and how far its signing has come. */
export interface TrustVersion {
  readonly path: string;
  readonly document: Trust;
  readonly sealed: SealedDocument<"trust/1">;
  readonly tallies: readonly Tally[];
  /** Everybody who must sign has. */
  readonly isComplete: boolean;
}

/** What lies there. */
export interface TrustFile {
  /** Missing before the first version is complete. */
  readonly inForce: TrustVersion | undefined;
  /** The draft; the version in force itself where there is none. */
  readonly latest: TrustVersion;
}

/** `trust.json`: `trust.next.json`. */
export function draftPath(path: string): string {
  return path.replace(/(\.json)?$/, ".next.json");
}

/** Reads both. @throws TRUST_MISSING, TRUST_VERSION, JSON_*, DOCUMENT_* */
export async function readTrustFile(terminal: Terminal, path: string): Promise<TrustFile> {
  const next = draftPath(path);
  const sealed = (await fileExists(terminal, next)) ? await readTrust(terminal, next) : undefined;
  if (sealed !== undefined && !(await fileExists(terminal, path)))
    return { inForce: undefined, latest: judge(next, sealed) };
  const inForce = judge(path, await readTrust(terminal, path));
  // The very text that is in force was left by a command that was killed in its last step.
  if (sealed === undefined || sealed.text === inForce.sealed.text)
    return { inForce, latest: inForce };
  const draft = judge(next, sealed, inForce.document);
  if (draft.document.version === inForce.document.version + 1) return { inForce, latest: draft };
  throw new OutriderError(
    "TRUST_VERSION",
    `${next} is version ${draft.document.version}, and ${path} is version ${inForce.document.version} already. Remove the draft and edit again.`,
    { subject: next },
  );
}

/** What an edit left behind. */
export interface EditedTrust {
  readonly path: string;
  readonly document: Trust;
  /** For people. */
  readonly notes: readonly string[];
}

/**
 * Applies an edit to the draft, or begins one with the successor of the version in force.
 *
 * @param validDays how long a new version is good.
 */
export async function editTrustFile(
  terminal: Terminal,
  path: string,
  validDays: number,
  edit: (draft: Trust) => Trust,
): Promise<EditedTrust> {
  const { inForce, latest } = await readTrustFile(terminal, path);
  const isDraft = latest !== inForce;
  const now = systemClock.now();
  const document = edit(isDraft ? latest.document : nextTrust(latest.document, { now, validDays }));
  const next = draftPath(path);
  await writeDraft(terminal, next, writeTrust(document));
  const wasSigned = isDraft && latest.sealed.signatures.length > 0;
  const notes = wasSigned
    ? ["The draft had been signed: its signatures fit no more and were removed."]
    : [];
  return { path: next, document, notes };
}

/** Writes an unsigned draft. Signatures go first: at no moment does an old one lie beside a new text. */
export async function writeDraft(terminal: Terminal, next: string, text: string): Promise<void> {
  await nodeFileSystem.remove(resolvePath(terminal, `${next}.asc`));
  await writeFileWhole(terminal, next, text, { force: true });
}

/**
 * Adds a signature; the last one that it takes puts a draft in force.
 *
 * @returns the version as it is now.
 */
export async function addTrustSignature(
  terminal: Terminal,
  path: string,
  signed: TrustVersion,
  signature: string,
): Promise<TrustVersion> {
  const signatures = joinSignatures([...signed.sealed.signatures, signature]);
  await writeFileWhole(terminal, `${signed.path}.asc`, signatures, { force: true });
  const { inForce, latest } = await readTrustFile(terminal, path);
  if (latest !== inForce && latest.isComplete) await putInForce(terminal, path, inForce, latest);
  return latest;
}

/**
 * A text and its signatures are two files, and a kill may come between them: so both versions' signatures lie there
 * while the text is exchanged. Whichever text is met, its own are among them.
 */
async function putInForce(
  terminal: Terminal,
  path: string,
  before: TrustVersion | undefined,
  draft: TrustVersion,
): Promise<void> {
  const force = { force: true };
  const { signatures } = draft.sealed;
  const earlier = before?.sealed.signatures ?? [];
  if (before !== undefined) {
    const kept = numbered(path, before.document.version);
    await writeFileWhole(terminal, `${kept}.asc`, joinSignatures(earlier), force);
    await writeFileWhole(terminal, kept, before.sealed.text, force);
  }
  await writeFileWhole(terminal, `${path}.asc`, joinSignatures([...earlier, ...signatures]), force);
  await writeFileWhole(terminal, path, draft.sealed.text, force);
  await writeFileWhole(terminal, `${path}.asc`, joinSignatures(signatures), force);
  await nodeFileSystem.remove(resolvePath(terminal, draft.path));
  await nodeFileSystem.remove(resolvePath(terminal, `${draft.path}.asc`));
}

/** @param predecessor whose root must sign, too. */
function judge(path: string, sealed: SealedDocument<"trust/1">, predecessor?: Trust): TrustVersion {
  const document = readSealedDocument(sealed, path);
  const tallies = tallySignatures(predecessor ?? document, sealed, systemClock.now());
  const isComplete = tallies.every(({ signed, needed }) => signed.length >= needed);
  return { path, document, sealed, tallies, isComplete };
}

/** The versions between these two that are kept beside it, lowest first. */
export async function readKeptTrust(
  terminal: Terminal,
  path: string,
  { after, before }: { readonly after: number; readonly before: number },
): Promise<SealedDocument<"trust/1">[]> {
  const found: SealedDocument<"trust/1">[] = [];
  for (let number = after + 1; number < before; number++) {
    const kept = numbered(path, number);
    if (await fileExists(terminal, kept)) found.push(await readTrust(terminal, kept));
  }
  return found;
}

/** `trust.json` and 3: `trust.3.json`. */
function numbered(path: string, version: number): string {
  return path.replace(/(\.json)?$/, `.${version}.json`);
}
