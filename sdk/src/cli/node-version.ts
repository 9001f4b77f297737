/**
 * Whether this Node is new enough, said before anything is loaded that an older one does not have (`node:sqlite`,
 * zstd).
 */

const oldestMajor = 22;
const oldestMinor = 19;

/** The oldest that will do, as `engines` in package.json says. */
export const oldestNode: string = `${oldestMajor}.${oldestMinor}`;

/** @returns what to tell the person, or `undefined` where it will do */
export function tooOld(version: string, program: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `outrider needs Node ${oldestNode} or later; ${program} is Node ${version}. Install a newer one, or put it first in PATH.\n`;
}
