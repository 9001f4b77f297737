/**
 * Which packages do the published types name? Whoever checks the libraries he uses (`skipLibCheck` off) needs the types
 * of each, so a subpath may name only what comes along with types that are whole.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const specifier = /(?:\bfrom |\bimport |\bimport\()"([^"]+)"/g;

/** Packages that the declarations reach, each with a file that names it; Node's own modules are left out. */
export function packagesNamed(declarations: readonly string[]): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  const reached = new Set(declarations);
  for (const file of reached)
    for (const [, target = ""] of readFileSync(file, "utf8").matchAll(specifier))
      if (target.startsWith("."))
        reached.add(join(dirname(file), target.replace(/\.ts$/, ".d.ts")));
      else if (!target.startsWith("node:")) named.set(target, file);
  return named;
}
