/** The key files that signed last: their paths, never what is in them. */
import type { ExtensionContext } from "vscode";

const remembered = "keyFiles";
const most = 10;

/** Absolute paths, the last first. */
export function keyFiles({ globalState }: ExtensionContext): readonly string[] {
  return globalState.get<readonly string[]>(remembered, []);
}

/** Puts one first. */
export async function rememberKeyFile(context: ExtensionContext, path: string): Promise<void> {
  const others = keyFiles(context).filter((other) => other !== path);
  await context.globalState.update(remembered, [path, ...others].slice(0, most));
}
