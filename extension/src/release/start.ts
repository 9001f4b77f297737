/** Registers building, signing, verifying and pushing. None of it runs in Restricted Mode (THREATS E1). */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { Log } from "../editor/log.ts";
import type { Servers } from "../servers/servers.ts";
import type { LiveServers } from "../watching/live-servers.ts";
import { build } from "./build.ts";
import { builtOf } from "./built.ts";
import { chooseBuilt } from "./choices.ts";
import { push } from "./push.ts";
import { ShownDocuments } from "./shown-documents.ts";
import { sign, verify } from "./sign.ts";
import { registerTasks } from "./tasks.ts";

/** Registers the commands and tasks. */
export function startReleasing(
  context: vscode.ExtensionContext,
  servers: Servers,
  live: LiveServers,
  log: Log,
): void {
  const documents = new ShownDocuments();
  const command = (
    name: string,
    run: (uri: vscode.Uri | undefined) => Promise<unknown>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(`outrider.${name}`, async (given: unknown) => {
      try {
        if (!vscode.workspace.isTrusted) {
          void vscode.window.showWarningMessage(
            t("This workspace is not trusted: nothing of it is built, signed or pushed."),
          );
          return undefined;
        }
        return await run(given instanceof vscode.Uri ? given : activeFile());
      } catch (error) {
        void log.fail(error);
        return undefined;
      }
    });
  context.subscriptions.push(
    documents,
    registerTasks(),
    command("build", async (uri) => (uri === undefined ? undefined : build(uri))),
    command("sign", async (uri) => {
      const folder = await packageAt(uri);
      if (folder !== undefined) await sign(context, documents, folder);
    }),
    command("verify", async (uri) => {
      const folder = await packageAt(uri);
      if (folder !== undefined) await verify(documents, folder);
    }),
    command("push", async (uri) =>
      push({ context, servers, live, documents }, await pushStart(uri)),
    ),
  );
}

function activeFile(): vscode.Uri | undefined {
  return vscode.window.activeTextEditor?.document.uri;
}

/** The package that a source manifest was built to, the folder itself, or one of the workspace's. */
async function packageAt(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (uri === undefined) return chooseBuilt();
  if (isSource(uri)) return (await builtOf(uri))?.uri ?? build(uri);
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
