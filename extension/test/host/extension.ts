/** An installed extension. */
import * as vscode from "vscode";

/** @throws where it is not installed */
export function extensionNamed(id: string): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined) throw new Error(`${id} is not installed`);
  return extension;
}
