/** The commands, each from the file that it was given: loaded with the first of them. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import { build as buildSource } from "./build.ts";
import { builtOf } from "./built.ts";
import { chooseBuilt } from "./choices.ts";
import { chooseSource } from "./choose-source.ts";
import type { PushParts } from "./prepare.ts";
import { dryRun, push as pushFrom } from "./push.ts";
import { sign as signFolder, verify as verifyFolder } from "./sign.ts";

/** What a command does with the file that is open, or that was chosen. */
export type ReleaseCommand = (parts: PushParts, uri: vscode.Uri | undefined) => Promise<unknown>;

/** Builds the manifest, or one of the workspace's. */
export const build: ReleaseCommand = async (_parts, uri) => {
  const source = uri !== undefined && isSource(uri) ? uri : await chooseSource();
  return source === undefined ? undefined : buildSource(source);
};

/** Adds a signature to what the manifest was built to. */
export const sign: ReleaseCommand = async ({ context, documents }, uri) => {
  const folder = await packageAt(t("Sign"), uri);
  if (folder !== undefined) await signFolder(context, documents, folder);
};

/** Makes every check of it. */
export const verify: ReleaseCommand = async ({ documents }, uri) => {
  const folder = await packageAt(t("Verify"), uri);
  if (folder !== undefined) await verifyFolder(documents, folder);
};

/** Pushes by a push file, or what a manifest was built to. */
export const push: ReleaseCommand = async (parts, uri) => pushFrom(parts, await pushStart(uri));

/** The same, up to the sending. */
export const pushDryRun: ReleaseCommand = async (parts, uri) => dryRun(parts, await pushStart(uri));

/** The package that a source manifest was built to, the folder itself, or one of the workspace's. */
async function packageAt(
  title: string,
  uri: vscode.Uri | undefined,
): Promise<vscode.Uri | undefined> {
  if (uri === undefined || uri.scheme !== "file") return chooseBuilt(title);
  if (isSource(uri)) return (await builtOf(uri))?.uri ?? buildSource(uri);
  if (uri.path.endsWith("/manifest.json")) return vscode.Uri.joinPath(uri, "..");
  return (await isFolder(uri)) ? uri : chooseBuilt(title);
}

/** A push file or a folder as it is; a source manifest stands for what it was built to. */
async function pushStart(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (uri === undefined || uri.scheme !== "file") return undefined;
  if (isSource(uri)) return (await builtOf(uri))?.uri;
  return /(^|[/.])push\.json$/.test(uri.path) || (await isFolder(uri)) ? uri : undefined;
}

/** Any file may be in front of the person; only a folder is a package. */
async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
  } catch {
    return false;
  }
}

function isSource({ path }: vscode.Uri): boolean {
  return /(^|[/.])outrider\.json$/.test(path);
}
