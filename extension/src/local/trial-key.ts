/** The key to try things out with: it lies in the local server's folder, so that no window has to remember it. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ExtensionContext } from "vscode";

/** Of the key's file, in the vendor's folder. */
export const trialKeyName = "release.secret.asc";

/** Absolute: where the local server has everything. */
export function localFolder({ globalStorageUri }: ExtensionContext): string {
  return join(globalStorageUri.fsPath, "local");
}

/** @param directory the local server's */
export function vendorFolder(directory: string): string {
  return join(directory, "vendor");
}

/** Absolute; `undefined` where no local server was ever started. */
export async function findTrialKey(context: ExtensionContext): Promise<string | undefined> {
  const path = join(vendorFolder(localFolder(context)), trialKeyName);
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? path : undefined;
}
