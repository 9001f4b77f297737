/** How far a package has come between its source manifest and the machines: built, overtaken, signed, published. */
import type { SigningState } from "@outrider/sdk/authoring";
import * as vscode from "vscode";
import { outputOf, readManifest } from "./built.ts";

/** Of one built package. */
export interface Standing {
  /** Its source manifest has changed since, or a file. */
  readonly isStale: boolean;
  /** `undefined` where no trust document lies around, or nobody may release it. */
  readonly signing: SigningState | undefined;
  /** Signatures of whatever worth. */
  readonly isSigned: boolean;
  /** On the host of the server whose configuration lies around. */
  readonly isPublished: boolean;
}

/** The standing of what a source manifest's present version was built to; `undefined` if it was not. */
export async function standingOf(source: vscode.Uri): Promise<Standing | undefined> {
  const named = await readManifest(source);
  if (named === undefined || source.scheme !== "file") return undefined;
  const { findPublished, findSurroundings, firstDifference, readBuilt, signingState } =
    await import("@outrider/sdk/authoring");
  const { nodeFileSystem } = await import("@outrider/sdk/ports");
  const folder = vscode.Uri.joinPath(outputOf(source), `${named.name}-${named.version}`).fsPath;
  const surroundings = await findSurroundings(source.fsPath, {
    fileSystem: nodeFileSystem,
    now: new Date(),
    top: vscode.workspace.getWorkspaceFolder(source)?.uri.fsPath ?? folder,
  });
  const built = await readBuilt(folder, surroundings);
  if (built === undefined) return undefined;
  const { trust, now } = surroundings;
  const published = await findPublished(named.name, surroundings);
  const manifest = await readSource(source);
  return {
    isStale:
      manifest !== undefined &&
      (await firstDifference(manifest, built, surroundings)) !== undefined,
    signing: trust === undefined ? undefined : signingState(built, trust.document, now),
    isSigned: built.sealed.signatures.length > 0,
    isPublished: published.some(({ version }) => version === named.version),
  };
}

async function readSource(source: vscode.Uri) {
  const { readDocumentText, validateSourceManifest } = await import("@outrider/sdk/schema");
  const { readText } = await import("../editor/text.ts");
  try {
    return readDocumentText((await readText(source)).text, validateSourceManifest, "");
  } catch {
    return undefined; // what is wrong with it is told as a problem
  }
}
