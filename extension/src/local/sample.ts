/** "Open Sample Workspace": a package, a push file and the local server's trust document, in a folder of their own. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { LocalServer } from "./local-server.ts";

/** Writes it and opens it. The server is stopped here: it is started again where the sample is open. */
export async function openSample(local: LocalServer): Promise<void> {
  const folder = await chooseFolder();
  if (folder === undefined) return;
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title: t("Preparing the sample") }, () =>
    writeSample(local, folder),
  );
  const forceNewWindow = vscode.workspace.workspaceFolders !== undefined;
  await vscode.commands.executeCommand("vscode.openFolder", folder, { forceNewWindow });
}

async function writeSample(local: LocalServer, folder: vscode.Uri): Promise<void> {
  const { trial } = await local.start();
  const { trustFile } = trial.vendor;
  const files = await sampleFiles();
  for (const [name, text] of Object.entries(files)) await write(folder, name, text);
  for (const name of [trustFile, `${trustFile}.asc`])
    await vscode.workspace.fs.copy(
      vscode.Uri.file(name),
      vscode.Uri.joinPath(folder, name === trustFile ? "trust.json" : "trust.json.asc"),
    );
  await local.stop();
}

async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const places = [
    { label: `$(beaker) ${t("A temporary folder")}`, isTemporary: true },
    { label: `$(folder-opened) ${t("Choose a folder…")}`, isTemporary: false },
  ];
  const picked = await vscode.window.showQuickPick(places, {
    title: t("Open Sample Workspace"),
    placeHolder: t("Where shall the sample lie?"),
  });
  if (picked === undefined) return undefined;
  if (picked.isTemporary) return vscode.Uri.file(await mkdtemp(join(tmpdir(), "outrider-sample-")));
  const [parent] =
    (await vscode.window.showOpenDialog({
      title: t("Open Sample Workspace"),
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: t("Put the Sample Here"),
    })) ?? [];
  return parent === undefined ? undefined : freeFolder(parent);
}

/** Nothing that is there is written over. */
async function freeFolder(parent: vscode.Uri): Promise<vscode.Uri> {
  const taken = new Set((await vscode.workspace.fs.readDirectory(parent)).map(([name]) => name));
  const nameOf = (at: number): string => (at === 1 ? "outrider-sample" : `outrider-sample-${at}`);
  let at = 1;
  while (taken.has(nameOf(at))) at++;
  return vscode.Uri.joinPath(parent, nameOf(at));
}

async function write(folder: vscode.Uri, name: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(
    vscode.Uri.joinPath(folder, name),
    new TextEncoder().encode(text),
  );
}

async function sampleFiles(): Promise<Readonly<Record<string, string>>> {
  const { trialGroup } = await import("./trial-group.ts");
  const manifest = {
    name: "hello-outrider",
    version: "1.0.0",
    files: [{ from: "app/**", base: "app" }],
    install: { strategy: "directory" },
  };
  const push = {
    package: manifest.name,
    audience: { groups: [trialGroup] },
    rollout: {
      waves: [
        { name: "first", share: 33 },
        { name: "everyone", share: 100 },
      ],
    },
  };
  const intro = t(
    "A sample to try things with. The walkthrough leads through these steps and ticks them: press F1, choose “Welcome: Open Walkthrough…”, then “Your first push with Outrider”.",
  );
  const steps = [
    t("Open outrider.json, and build it: the button above its first line, or Outrider: Build."),
    t(
      "Sign it with the key “{0}”: nobody but the local server trusts it.",
      t("Local key for trying out"),
    ),
    t("Start the local server: Outrider: Start a Local Server. Three agents listen to it."),
    t("Open samples.push.json and push: you see who gets what when, before anything is sent."),
    t("Watch it on the dashboard. Then raise the version, change app/hello.txt, and push again."),
  ];
  return {
    "app/hello.txt": `${t("Hello from a signed package.")}\n`,
    "outrider.json": asText(manifest),
    "samples.push.json": asText(push),
    // A window that opens on it begins with what to do here; the walkthrough stayed in the window before.
    ".vscode/settings.json": asText({ "workbench.startupEditor": "readme" }),
    "README.md": linked(
      `# Outrider\n\n${intro}\n\n${steps.map((step, at) => `${at + 1}. ${step}`).join("\n")}\n`,
    ),
  };
}

/** A file's name opens it. */
function linked(text: string): string {
  return text.replaceAll(/app\/hello\.txt|(outrider|samples\.push)\.json/g, "[$&]($&)");
}

function asText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
