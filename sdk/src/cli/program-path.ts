/**
 * Where programs are looked for. Windows looks into the current folder before the PATH, and so does libuv, unless this
 * variable is set (libuv 4238, nodejs/node 46264): else a `gpg.exe` that came with somebody's folder would be run
 * there.
 */

/** Programs are found on the PATH alone; elsewhere than on Windows they are anyway. */
export function keepToPath(
  environment: Record<string, string | undefined>,
  platform: NodeJS.Platform = process.platform,
): void {
  if (platform === "win32") environment["NoDefaultCurrentDirectoryInExePath"] = "1";
}
