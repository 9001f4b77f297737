/** What the VSIX may hold, and what may be reached before a person has asked for anything (THREATS E4). */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** No dependency, no source, no test. */
const files = [
  /^(package\.json|package\.nls(\.de)?\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/(node\/[\w-]+\.js|web\.cjs)$/,
  /^(l10n|language)\/[\w.-]+\.json$/,
  /^media\/icon\.png$/,
];

/** Programs and networks. */
const outside =
  /^(node:)?(child_process|cluster|dgram|dns|http|http2|https|inspector|net|tls|worker_threads)(\/|$)/;

/** The files that must not be published. */
export function unwantedFiles(published: readonly string[]): string[] {
  return published.filter((file) => !files.some((pattern) => pattern.test(file)));
}

/** The modules that reach outside and are loaded with the module at `path`, each as `module in file`. */
export function outsideModules(path: string, seen: Set<string> = new Set()): string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const code = readFileSync(path, "utf8");
  const imports = [...code.matchAll(/\b(?:from|import)\s*"([^"]+)"/g)].map(([, name = ""]) => name);
  return imports.flatMap((name) => {
    if (name.startsWith(".")) return outsideModules(join(dirname(path), name), seen);
    return outside.test(name) ? [`${name} in ${path}`] : [];
  });
}
