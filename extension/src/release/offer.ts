/** A message with a button for what comes next, so that nobody has to know what that is called or where it stands. */
import * as vscode from "vscode";

/** Tells something, and runs the command where the person presses its button. */
export async function offer(
  text: string,
  button: string,
  command: string,
  ...given: readonly unknown[]
): Promise<void> {
  if ((await vscode.window.showInformationMessage(text, button)) === button)
    await vscode.commands.executeCommand(command, ...given);
}
