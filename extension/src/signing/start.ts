/** Registers what is done with keys apart from signing. */
import * as vscode from "vscode";
import type { Log } from "../editor/log.ts";

/** Registers the command; also in Restricted Mode, since it only takes away. */
export function startSigning(context: vscode.ExtensionContext, log: Log): void {
  context.subscriptions.push(
    vscode.commands.registerCommand("outrider.forgetPassphrases", async () => {
      try {
        const { forgetPassphrases } = await import("./remembered.ts");
        await forgetPassphrases(context);
      } catch (error) {
        void log.fail(error);
      }
    }),
  );
}
