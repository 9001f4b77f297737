/** What VS Code calls in a browser without a machine behind it: authoring, and nothing that needs a disk. */
import type { ExtensionContext } from "vscode";
import { start } from "./editor/start.ts";

/** Called on the first of our documents, or the first of our commands. */
export function activate(context: ExtensionContext): void {
  start(context);
}
