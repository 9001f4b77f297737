/** "New Manifest…": six short questions, answered from the workspace's own files; the result is opened, valid. */
import type { DraftAnswers } from "@outrider/sdk/authoring";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import {
  askAll,
  back,
  choose,
  write,
  type Answered,
  type Place,
  type Question as Step,
} from "../editor/steps.ts";

interface Draft extends DraftAnswers {
  readonly folder: vscode.Uri;
}

type Question = Step<Draft>;

/** Asks, writes, opens. @returns the file, or `undefined` where the person leaves */
export async function newManifest(): Promise<vscode.Uri | undefined> {
  const folder = await workspaceFolder();
  if (folder === undefined) return undefined;
  const draft = await askAll(t("New Manifest"), [files, name, version, kind, strategy, installer], {
    folder,
  });
  if (draft === undefined) return undefined;
  const { draftManifest } = await import("@outrider/sdk/authoring");
  const text = `${JSON.stringify(draftManifest(draft), null, 2)}\n`;
  const uri = await freeName(folder, draft.name ?? "");
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(uri, { preview: false });
  return uri;
}

async function workspaceFolder(): Promise<vscode.Uri | undefined> {
  const [first, ...others] = vscode.workspace.workspaceFolders ?? [];
  if (first === undefined) {
    void vscode.window.showInformationMessage(t("Open the folder of your files first."));
    return undefined;
  }
  return others.length === 0 ? first.uri : (await vscode.window.showWorkspaceFolderPick())?.uri;
}

const files: Question = async (draft, place) => {
  const found = await vscode.workspace.fs.readDirectory(draft.folder);
  const built = await hasBuilt(draft.folder);
  const items = found
    .filter(([entry]) => entry !== "dist" || !built)
    .filter(
      ([entry]) =>
        !/^\.|^node_modules$|\.(outrider|push|server|agent)\.json$|^outrider|^(trust|push)\.json/.test(
          entry,
        ),
    )
    .map(([entry, type]) => {
      const isFolder = (type & vscode.FileType.Directory) !== 0;
      return {
        label: isFolder ? `$(folder) ${entry}` : `$(file) ${entry}`,
        description: isFolder ? t("everything in it") : "",
        glob: isFolder ? `${entry}/**` : entry,
        picked: /^(app|build|dist|out)$/.test(entry),
      };
    });
  const placeholder = t("Which files go in? They can be changed later.");
  const chosen = await choose({ ...place, placeholder, items, many: true });
  if (chosen === undefined || chosen === back) return chosen;
  return chosen.length === 0 ? draft : { ...draft, from: chosen.map(({ glob }) => glob) };
};

/** What was built is not what one builds from. */
async function hasBuilt(folder: vscode.Uri): Promise<boolean> {
  const beside = new vscode.RelativePattern(folder, "dist/*/manifest.json");
  return (await vscode.workspace.findFiles(beside, undefined, 1)).length > 0;
}

const name: Question = async (draft, place) => {
  const { packageNameOf } = await import("@outrider/sdk/authoring");
  const folder = draft.folder.path.slice(draft.folder.path.lastIndexOf("/") + 1);
  const prompt = t("Name of the package: lower-case letters, digits, dots and hyphens");
  return written(draft, place, "name", "/name", prompt, packageNameOf(folder) ?? "");
};

const version: Question = async (draft, place) =>
  written(draft, place, "release", "/version", t("Version, such as 3.0.0"), "1.0.0");

const kind: Question = async (draft, place) =>
  chosenFrom(draft, place, "kind", t("What is it?"), [
    ["program", t("replaces what is installed")],
    ["patch", t("changes an earlier release")],
    ["data", t("content only")],
    ["mixture", t("several of these")],
  ]);

const strategy: Question = async (draft, place) =>
  chosenFrom(draft, place, "strategy", t("How is it put in place?"), [
    ["directory", t("a directory per version, switched at once")],
    ["files", t("files in place, with a backup")],
    ["command", t("a program of the package installs it")],
    ["vendor", t("your own code does it")],
  ]);

const installer: Question = async (draft, place) => {
  if (draft.strategy !== "command") return draft;
  const prompt = t("Program that installs it: its path in the package");
  return written(draft, place, "installer", "/install", prompt, "setup");
};

/** What it should have been. */
const faultWords: Readonly<Record<"name" | "release" | "installer", () => string>> = {
  name: () => t("A name has lower-case letters, digits, dots and hyphens, such as till-app."),
  release: () => t("A version has three numbers, such as 3.0.0 or 3.1.0-beta.1."),
  installer: () => t("It must be a path in the package, such as bin/setup."),
};

async function written(
  draft: Draft,
  place: Place,
  member: "name" | "release" | "installer",
  pointer: string,
  prompt: string,
  proposal: string,
): Promise<Answered<Draft>> {
  const { faultAt } = await import("@outrider/sdk/authoring");
  const faultOf = (text: string): string | undefined =>
    faultAt({ ...draft, [member]: text }, pointer) === undefined ? undefined : faultWords[member]();
  const text = await write({ ...place, prompt, value: draft[member] ?? proposal, faultOf });
  return text === undefined || text === back ? text : { ...draft, [member]: text };
}

async function chosenFrom(
  draft: Draft,
  place: Place,
  member: "kind" | "strategy",
  placeholder: string,
  choices: readonly (readonly [string, string])[],
): Promise<Answered<Draft>> {
  const items = choices.map(([label, description]) => ({ label, description }));
  const chosen = await choose({ ...place, placeholder, items });
  if (chosen === undefined || chosen === back) return chosen;
  return { ...draft, [member]: chosen[0]?.label ?? choices[0]?.[0] ?? "" };
}

/** `outrider.json`, or one that does not take its place. */
async function freeName(folder: vscode.Uri, packageName: string): Promise<vscode.Uri> {
  for (const candidate of ["outrider.json", `${packageName}.outrider.json`]) {
    const uri = vscode.Uri.joinPath(folder, candidate);
    if (!(await isThere(uri))) return uri;
  }
  for (let at = 2; ; at++) {
    const uri = vscode.Uri.joinPath(folder, `${packageName}-${at}.outrider.json`);
    if (!(await isThere(uri))) return uri;
  }
}

async function isThere(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
