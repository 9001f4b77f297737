/** What VS Code calls where the extension runs in Node: on a desktop, a remote machine, a container. */
import type { ExtensionContext } from "vscode";
import { examineAround, findPayload, watchPayload } from "./editor/disk.ts";
import { start } from "./editor/start.ts";
import { startReleasing } from "./release/start.ts";
import { Servers } from "./servers/servers.ts";
import { startWatching } from "./watching/start.ts";

/** Called on the first of our documents, or the first of our commands. */
export function activate(context: ExtensionContext): void {
  const { log, problems } = start(context, { examineAround, findPayload });
  const servers = new Servers(context);
  context.subscriptions.push(watchPayload(problems), servers);
  startReleasing(context, servers, startWatching(context, servers, log), log);
}
