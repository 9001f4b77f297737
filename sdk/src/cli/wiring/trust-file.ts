/**
 * The trust document as people keep it: `trust.json` with `trust.json.asc`, and earlier versions as `trust.N.json`.
 *
 * A complete document is never edited: editing it starts its successor and keeps it under its number. Editing a draft
 * that somebody has signed takes the signatures away, because they fit no more.
 */
import { readSealedDocument, sealText, type SealedDocument } from "../../messages/index.ts";
import { nodeFileSystem, systemClock } from "../../ports/index.ts";
import type { Trust } from "../../schema/index.ts";
import { nextTrust, tallySignatures, writeTrust, type Tally } from "../../trust/index.ts";
import { fileExists, resolvePath, writeFileWhole } from "../files.ts";
import type { Terminal } from "../io.ts";
import { readSignedFile } from "./signed-file.ts";
import { readTrust } from "./trust.ts";

/** A trust document and how far its signing has come. */
export interface TrustFile {
  readonly path: string;
  readonly document: Trust;
  readonly sealed: SealedDocument<"trust/1">;
  readonly tallies: readonly Tally[];
  /** Everybody who must sign has. */
  readonly isComplete: boolean;
}

/** Reads it. @throws TRUST_MISSING and the codes of readSealedDocument */
export async function readTrustFile(terminal: Terminal, path: string): Promise<TrustFile> {
  const sealed = await readTrust(terminal, path);
  const document = readSealedDocument(sealed, path);
  const earlier = numbered(path, document.version - 1);
  const before = (await fileExists(terminal, earlier))
    ? await readSignedFile(terminal, earlier, "trust/1")
    : undefined;
  const inForce = before === undefined ? document : readSealedDocument(before, earlier);
  const tallies = tallySignatures(inForce, sealed, systemClock.now());
  return {
    path,
    document,
    sealed,
    tallies,
    isComplete: tallies.every(({ signed, needed }) => signed.length >= needed),
  };
}

/** What an edit left behind. */
export interface EditedTrust {
  readonly document: Trust;
  /** For people. */
  readonly notes: readonly string[];
}

/**
 * Applies an edit to the draft, or to the draft of the successor.
 *
 * @param validDays how long a new version is good.
 */
export async function editTrustFile(
  terminal: Terminal,
  path: string,
  validDays: number,
  edit: (draft: Trust) => Trust,
): Promise<EditedTrust> {
  const current = await readTrustFile(terminal, path);
  const { document, sealed, isComplete } = current;
  const notes: string[] = [];
  const draft = edit(
    isComplete ? nextTrust(document, { now: systemClock.now(), validDays }) : document,
  );
  const text = writeTrust(draft);
  if (isComplete) {
    const kept = numbered(path, document.version);
    await writeFileWhole(terminal, kept, sealed.text, { force: true });
    await writeFileWhole(terminal, `${kept}.asc`, sealed.signatures.join("\n"), { force: true });
    notes.push(`Version ${document.version} is complete: kept as ${kept}.`);
  } else if (sealed.signatures.length > 0)
    notes.push("The draft had been signed: its signatures fit no more and were removed.");
  // Signatures go first: at no moment does an old one lie beside a new text.
  await nodeFileSystem.remove(resolvePath(terminal, `${path}.asc`));
  await writeFileWhole(terminal, path, text, { force: true });
  return { document: draft, notes };
}

/** Replaces the signatures. */
export async function writeTrustSignatures(
  terminal: Terminal,
  path: string,
  signatures: string,
): Promise<void> {
  await writeFileWhole(terminal, `${path}.asc`, signatures, { force: true });
}

/** The same document with other signatures. */
export function withSignatures(
  sealed: SealedDocument<"trust/1">,
  signatures: string,
): SealedDocument<"trust/1"> {
  return sealText("trust/1", sealed.text, [signatures]);
}

/** `trust.json` and 3: `trust.3.json`. */
function numbered(path: string, version: number): string {
  return path.replace(/(\.json)?$/, `.${version}.json`);
}
