/** What VS Code calls where the extension runs in Node: on a desktop, a remote machine, a container. */
import type { ExtensionContext } from "vscode";
import { examineAround, findPayload, watchPayload } from "./editor/disk.ts";
import { start } from "./editor/start.ts";
import { startLocal, type LocalParts } from "./local/start.ts";
import { registerNewManifest } from "./manifests/start.ts";
import { registerFirings } from "./navigation/firings.ts";
import { registerDecorations } from "./release/decorations.ts";
import { registerLenses } from "./release/lenses.ts";
import { startReleasing } from "./release/start.ts";
import { Servers } from "./servers/servers.ts";
import { startSigning } from "./signing/start.ts";
import { startWatching } from "./watching/start.ts";

let local: LocalParts | undefined;

/** Called on the first of our documents, or the first of our commands. */
export function activate(context: ExtensionContext): void {
  const { log, problems } = start(context, { examineAround, findPayload });
  const servers = new Servers(context);
  context.subscriptions.push(watchPayload(problems), servers);
  const live = startWatching(context, servers, log);
  context.subscriptions.push(
    registerFirings(),
    registerLenses(live),
    registerDecorations(live),
    registerNewManifest(log),
  );
  startReleasing(context, servers, live, log);
  startSigning(context, log);
  local = startLocal(context, servers, log);
}

/** Called before the editor ends; it waits a few seconds. */
export async function deactivate(): Promise<void> {
  await local?.close();
}
