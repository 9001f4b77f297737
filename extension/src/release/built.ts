/** The packages that were built beside a source manifest: `dist/NAME-VERSION`. */
import type { SourceManifest } from "@outrider/sdk/schema";
import * as vscode from "vscode";
import { readText } from "../editor/text.ts";

/** A folder that `build` has made. */
export interface BuiltFolder {
  readonly uri: vscode.Uri;
  /** `NAME-VERSION`. */
  readonly name: string;
}

/** Where builds of a source manifest go. */
export function outputOf(source: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(source, "../dist");
}

/** What the manifest's present version was built to; `undefined` if it was not. */
export async function builtOf(source: vscode.Uri): Promise<BuiltFolder | undefined> {
  const manifest = await readManifest(source);
  if (manifest === undefined) return undefined;
  const name = `${manifest.name}-${manifest.version}`;
  const uri = vscode.Uri.joinPath(outputOf(source), name);
  return (await exists(vscode.Uri.joinPath(uri, "manifest.json"))) ? { uri, name } : undefined;
}

/** Every built package of the workspace, the newest first. */
export async function allBuilt(): Promise<readonly BuiltFolder[]> {
  const found = await vscode.workspace.findFiles("**/manifest.json.asc", "**/node_modules/**", 200);
  const manifests = await vscode.workspace.findFiles("**/dist/*/manifest.json", undefined, 200);
  const folders = new Map(
    [...found, ...manifests].map((uri) => {
      const folder = vscode.Uri.joinPath(uri, "..");
      return [folder.toString(), folder] as const;
    }),
  );
  const dated = await Promise.all(
    [...folders.values()].map(async (uri) => {
      const manifest = vscode.Uri.joinPath(uri, "manifest.json");
      const at = (await exists(manifest)) ? (await vscode.workspace.fs.stat(manifest)).mtime : 0;
      return { uri, name: uri.path.slice(uri.path.lastIndexOf("/") + 1), at };
    }),
  );
  return dated.filter(({ at }) => at > 0).toSorted((left, right) => right.at - left.at);
}

/** The manifest as it stands in its editor; `undefined` where it cannot be read now. */
export async function readManifest(
  source: vscode.Uri,
): Promise<Pick<SourceManifest, "name" | "version"> | undefined> {
  try {
    const value = JSON.parse((await readText(source)).text) as Partial<SourceManifest>;
    const { name, version } = value;
    return typeof name === "string" && typeof version === "string" ? { name, version } : undefined;
  } catch {
    return undefined; // what is wrong with it is told as a problem
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
