/** The files of the project as people keep them: without what is installed, built, hidden, or left by a run. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const project = join(import.meta.dirname, "../..");
const made = new Set(["coverage", "dist", "node_modules", "out", "screenshots"]);

/** Paths in the project, with slashes, of the files below a folder that end so. */
export function filesBelow(folder: string, ends: RegExp): string[] {
  return readdirSync(join(project, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || made.has(entry.name)) return [];
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(path, ends);
    return entry.isFile() && ends.test(entry.name) ? [path] : [];
  });
}
