/** The commands, each from the file that it was given: loaded with the first of them. */
import * as vscode from "vscode";
import { build as buildSource } from "./build.ts";
import { builtOf } from "./built.ts";
import { chooseBuilt } from "./choices.ts";
import type { PushParts } from "./prepare.ts";
import { dryRun, push as pushFrom } from "./push.ts";
import { sign as signFolder, verify as verifyFolder } from "./sign.ts";

/** What a command does with the file that is open, or that was chosen. */
export type ReleaseCommand = (parts: PushParts, uri: vscode.Uri | undefined) => Promise<unknown>;

/** Builds the manifest. */
export const build: ReleaseCommand = async (_parts, uri) =>
  uri === undefined ? undefined : buildSource(uri);

/** Adds a signature to what the manifest was built to. */
export const sign: ReleaseCommand = async ({ context, documents }, uri) => {
  const folder = await packageAt(uri);
  if (folder !== undefined) await signFolder(context, documents, folder);
};

/** Makes every check of it. */
export const verify: ReleaseCommand = async ({ documents }, uri) => {
  const folder = await packageAt(uri);
  if (folder !== undefined) await verifyFolder(documents, folder);
};

/** Pushes by a push file, or what a manifest was built to. */
export const push: ReleaseCommand = async (parts, uri) => pushFrom(parts, await pushStart(uri));

/** The same, up to the sending. */
export const pushDryRun: ReleaseCommand = async (parts, uri) => dryRun(parts, await pushStart(uri));

/** The package that a source manifest was built to, the folder itself, or one of the workspace's. */
async function packageAt(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (uri === undefined) return chooseBuilt();
  if (isSource(uri)) return (await builtOf(uri))?.uri ?? buildSource(uri);
  if (uri.path.endsWith("/manifest.json")) return vscode.Uri.joinPath(uri, "..");
  return uri.path.endsWith(".json") || uri.scheme !== "file" ? chooseBuilt() : uri;
}

/** A push file as it is; a source manifest stands for what it was built to. */
async function pushStart(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (uri === undefined || uri.scheme !== "file") return undefined;
  if (/(^|[/.])push\.json$/.test(uri.path)) return uri;
  return isSource(uri) ? (await builtOf(uri))?.uri : undefined;
}

function isSource({ path }: vscode.Uri): boolean {
  return /(^|[/.])outrider\.json$/.test(path);
}
