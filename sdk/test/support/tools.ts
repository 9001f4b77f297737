/**
 * Programs from outside that some tests hold us against: gpg, sqv, sqop, openssl, …
 *
 * In CI (OUTRIDER_CI=1) a missing program fails the test; elsewhere the test says loudly that it proved nothing.
 */
import { accessSync, constants, statSync, writeSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Finds a program on the PATH.
 *
 * @returns its path; `undefined` where it is missing: the test then returns, having said so on stderr.
 */
export function outsideTool(name: string): string | undefined {
  const found = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, process.platform === "win32" ? `${name}.exe` : name))
    .find(isProgram);
  if (found !== undefined) return found;
  return notRun(`${name} is not installed: a test that needs it was NOT RUN`);
}

/** May this process make network namespaces? Where it may not, says so as a missing tool is said. */
export function isRoot(): boolean {
  if (process.getuid?.() === 0) return true;
  notRun("this user is not root: a test that makes network namespaces was NOT RUN");
  return false;
}

/** Says loudly that a test proved nothing; in CI it fails instead. */
export function notRun(message: string): undefined {
  if (process.env.OUTRIDER_CI === "1") throw new Error(message);
  writeSync(2, `\n!!! ${message} !!!\n\n`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
