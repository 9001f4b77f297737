/** What VS Code calls where the extension runs in Node: on a desktop, a remote machine, a container. */
import type { ExtensionContext } from "vscode";
import { examinePayload, findPayload, watchPayload } from "./editor/payload.ts";
import { start } from "./editor/start.ts";

/** Called on the first of our documents, or the first of our commands. */
export function activate(context: ExtensionContext): void {
  const { problems } = start(context, { examinePayload, findPayload });
  context.subscriptions.push(watchPayload(problems));
}
