/** What the VSIX may hold, and what may be loaded before a person has asked for anything (THREATS E4). */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** No dependency, no source, no test. */
const files = [
  /^(package\.json|package\.nls(\.de)?\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/(third-party-licenses\.txt|node\/[\w-]+\.js|web\.cjs|(dashboard|form)\/(main\.js|style\.css))$/,
  /^(l10n|language)\/[\w.-]+\.json$/,
  /^media\/(walkthrough\/)?[\w-]+\.(png|svg)$/,
];

/** Programs and networks. */
const outside =
  /^(node:)?(child_process|cluster|dgram|dns|http|http2|https|inspector|net|tls|worker_threads)(\/|$)/;

/** The files that must not be published. */
export function unwantedFiles(published: readonly string[]): string[] {
  return published.filter((file) => !files.some((pattern) => pattern.test(file)));
}

/** What is loaded with a module, before anything that it loads later. */
export interface LoadedAtOnce {
  /** Of the bundled files. */
  readonly bytes: number;
  /** Modules that reach programs or networks. */
  readonly outside: readonly string[];
}

/** Follows the static imports of a bundle. */
export function loadedAtOnce(entry: string): LoadedAtOnce {
  const code = new Map<string, string>();
  const modules = new Set<string>();
  const load = (path: string): void => {
    if (code.has(path)) return;
    const text = readFileSync(path, "utf8");
    code.set(path, text);
    for (const [, name = ""] of text.matchAll(/\b(?:from|import)\s*"([^"]+)"/g)) {
      if (name.startsWith(".")) load(join(dirname(path), name));
      else modules.add(name);
    }
  };
  load(entry);
  return {
    bytes: [...code.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    outside: [...modules].filter((name) => outside.test(name)),
  };
}
