/** The licences of the libraries that a bundle carries: whoever hands the bundle on hands them on. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/**
 * Reads them.
 *
 * @param bundles what esbuild tells of each bundle.
 * @param folder absolute: esbuild's working directory.
 * @returns a text with each library's name and its licence.
 * @throws Error where a library has none
 */
export function licencesOf(bundles: readonly Metafile[], folder: string): string {
  const libraries = new Map<string, string>();
  for (const input of bundles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const [place, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
    if (place !== undefined && name !== undefined) libraries.set(join(folder, place), name);
  }
  const texts = [...libraries].map(([place, name]) => `${name}\n\n${licenceIn(place)}\n`);
  return texts.toSorted().join(`\n${"-".repeat(72)}\n\n`);
}

/** Its file, or where it comes without one what its `package.json` says. */
function licenceIn(place: string): string {
  const file = readdirSync(place).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (file !== undefined) return readFileSync(join(place, file), "utf8").trim();
  const { license } = JSON.parse(readFileSync(join(place, "package.json"), "utf8")) as {
    readonly license?: string;
  };
  if (license === undefined) throw new Error(`No licence is in ${place}`);
  return `Its licence is ${license}, as its package.json says.`;
}
