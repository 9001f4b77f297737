/** Registers "New Manifest…": where there is a disk to read and write. */
import * as vscode from "vscode";
import type { Log } from "../editor/log.ts";

/** Registers the command; its code is loaded when it is first asked for. */
export function registerNewManifest(log: Log): vscode.Disposable {
  return vscode.commands.registerCommand("outrider.newManifest", async () => {
    try {
      const { newManifest } = await import("./new-manifest.ts");
      return await newManifest();
    } catch (error) {
      void log.fail(error);
      return undefined;
    }
  });
}
