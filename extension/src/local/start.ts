/** Registers the local server and the sample workspace; nothing of them is loaded or runs before somebody asks. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { Log } from "../editor/log.ts";
import { reach } from "../editor/milestones.ts";
import type { Servers } from "../servers/servers.ts";
import type { LocalServer } from "./local-server.ts";

/** Ends what runs; the editor waits for it. */
export interface LocalParts {
  close(): Promise<void>;
}

/** Registers the commands. */
export function startLocal(
  context: vscode.ExtensionContext,
  servers: Servers,
  log: Log,
): LocalParts {
  let local: LocalServer | undefined;
  const load = async (): Promise<LocalServer> => {
    const { LocalServer: Server } = await import("./local-server.ts");
    return (local ??= new Server(context, servers, log));
  };
  const command = (name: string, run: () => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(`outrider.${name}`, async () => {
      try {
        return await run();
      } catch (error) {
        void log.fail(error);
        return undefined;
      }
    });
  context.subscriptions.push(
    command("startLocalServer", async () => {
      const location = vscode.ProgressLocation.Notification;
      const title = t("Starting the local server");
      const { server } = await vscode.window.withProgress({ location, title }, async () =>
        (await load()).start(),
      );
      reach("serverStarted");
      void vscode.window.showInformationMessage(
        t(
          "The local server runs at {0}, with three agents, until you close the editor.",
          server.url,
        ),
      );
      return server;
    }),
    command("stopLocalServer", async () => local?.stop()),
    command("openSample", async () => (await import("./sample.ts")).openSample(await load())),
  );
  return { close: async () => local?.stop() };
}
