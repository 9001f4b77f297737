/** What VS Code calls when the extension is needed, and when it goes. */

import type { ExtensionContext } from "vscode";

export function activate(_context: ExtensionContext): void {}
