/**
 * "Sign": the exact bytes and their digest are shown, and names are refused that look like others (THREATS E3); then a
 * key is chosen. What is signed is what lies on the disk.
 */
import type { PackageVerdict, Signable } from "@outrider/sdk/release";
import * as vscode from "vscode";
import { saying, t } from "../editor/l10n.ts";
import { reach } from "../editor/milestones.ts";
import { chooseKey, type ChosenKey } from "../signing/choose-key.ts";
import { atDesk } from "./desk.ts";
import { offer } from "./offer.ts";
import type { ShownDocuments } from "./shown-documents.ts";

/** Signs a package's folder. */
export async function sign(
  context: vscode.ExtensionContext,
  documents: ShownDocuments,
  folder: vscode.Uri,
): Promise<void> {
  const { addSignature, describeTallies, readSignable, signWith } =
    await import("@outrider/sdk/release");
  const signable = await atDesk(t("Reading {0}", nameOf(folder)), folder.fsPath, (desk) =>
    readSignable(desk, folder.fsPath),
  );
  const { name, version } = signable;
  const purpose = t("Sign {0} {1}", name, version);
  const key = await approve(context, documents, signable, purpose);
  if (key === undefined) return;
  const tallies = await atDesk(purpose, folder.fsPath, async (desk) => {
    const made = await signWith(desk, signable, key.source);
    return addSignature(desk, signable, made, await trustAround(folder));
  });
  reach("signed");
  const far = describeTallies(tallies).map(saying).join(" ");
  const text = [t("{0} has signed {1} {2}.", key.owner, name, version), far].join(" ").trim();
  if (tallies.length > 0 && tallies.every(({ needed, signed }) => signed.length >= needed))
    void offer(text, t("Push…"), "outrider.push", folder);
  else void vscode.window.showInformationMessage(text);
}

/** Shows the bytes until somebody has decided. @returns the key of whoever has read them and signs */
async function approve(
  context: vscode.ExtensionContext,
  documents: ShownDocuments,
  { manifest, name, sha256, version }: Signable,
  purpose: string,
): Promise<ChosenKey | undefined> {
  const shown = `${name}-${version} manifest.json`;
  await documents.show(shown, manifest.text);
  try {
    const isRead = await areRead(purpose, manifest.bytes.length, sha256);
    return isRead ? await chooseKey(context, purpose) : undefined;
  } finally {
    await documents.close(shown);
  }
}

/** Waits for as long as somebody reads; a notification would go away meanwhile. */
async function areRead(purpose: string, bytes: number, sha256: string): Promise<boolean> {
  const sign = {
    label: `$(pencil) ${t("Sign These Bytes…")}`,
    description: t("{0} bytes, SHA-256", bytes),
    detail: sha256, // alone: a list cuts what is longer
  };
  const picked = await vscode.window.showQuickPick([sign], {
    title: purpose,
    placeHolder: t("They are shown below, exactly as they will be signed."),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return picked === sign;
}

/** "Verify": every check, explained, as a document. */
export async function verify(documents: ShownDocuments, folder: vscode.Uri): Promise<void> {
  const verdict = await verdictOn(folder);
  const lines = verdict.steps.map(({ passed, name, sentence, code }) => {
    const why = code === undefined ? saying(sentence) : `${saying(sentence)} (${code})`;
    return [`${passed ? "✓" : "✗"} ${checkWords(name)}`, ...linesOf(why)].join("\n  ");
  });
  const head =
    verdict.failed === undefined
      ? t("{0} is good.", nameOf(folder))
      : t("{0} is refused: {1}", nameOf(folder), verdict.failed.code ?? "");
  await documents.show(
    t("{0} verified.txt", nameOf(folder)),
    `${[head, lines.join("\n"), `SHA-256 ${verdict.manifest}`].join("\n\n")}\n`,
  );
}

/** A text editor cuts what is wider than its window. */
function linesOf(sentence: string): string[] {
  const width = 90;
  const lines: string[] = [];
  for (const word of sentence.split(" ")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || longer.length > width) lines.push(word);
    else lines.splice(-1, 1, longer);
  }
  return lines;
}

/** What a check is about; one that has no word here keeps its own. */
function checkWords(name: string): string {
  const words: Readonly<Record<string, string>> = {
    trust: t("Trust document"),
    signatures: t("Signatures"),
    form: t("Form"),
    role: t("Role"),
    time: t("Time"),
    recall: t("Recalls"),
    archive: t("Archive"),
    contents: t("Contents"),
    patch: t("Patch"),
  };
  return words[name] ?? name;
}

/** What every agent will demand. @returns SHA-256 of the manifest @throws the code of the first check that fails */
export async function requireGood(folder: vscode.Uri): Promise<string> {
  const { failed, manifest } = await verdictOn(folder);
  if (failed === undefined) return manifest;
  const { OutriderError, say } = await import("@outrider/sdk/errors");
  throw new OutriderError(
    failed.code ?? "PACKAGE_MALFORMED",
    say("{0} is refused: {1}", nameOf(folder), failed.sentence),
  );
}

async function verdictOn(folder: vscode.Uri): Promise<PackageVerdict> {
  const { verifyPackage } = await import("@outrider/sdk/release");
  const { OutriderError, say } = await import("@outrider/sdk/errors");
  const trust = await trustAround(folder);
  if (trust === undefined)
    throw new OutriderError(
      "TRUST_MISSING",
      say("There is no trust.json beside {0} or above it.", nameOf(folder)),
    );
  return atDesk(t("Verifying {0}", nameOf(folder)), folder.fsPath, (desk) =>
    verifyPackage(desk, folder.fsPath, trust),
  );
}

/** The trust document beside the package or above it, up to the workspace's folder. */
export async function trustAround(folder: vscode.Uri) {
  const { openTrust } = await import("@outrider/sdk/release");
  const { findSurroundings } = await import("@outrider/sdk/authoring");
  const { nodeFileSystem } = await import("@outrider/sdk/ports");
  const inside = vscode.Uri.joinPath(folder, "manifest.json");
  const { trust } = await findSurroundings(inside.fsPath, {
    fileSystem: nodeFileSystem,
    now: new Date(),
    top: vscode.workspace.getWorkspaceFolder(folder)?.uri.fsPath ?? folder.fsPath,
  });
  if (trust === undefined) return undefined;
  return atDesk(t("Reading {0}", trust.path), folder.fsPath, (desk) => openTrust(desk, trust.path));
}

function nameOf(folder: vscode.Uri): string {
  return folder.path.slice(folder.path.lastIndexOf("/") + 1);
}
