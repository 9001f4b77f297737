/**
 * The agent's own directories: mode 0700, owned by the agent's user, never a link (THREATS A3). Whoever else may write
 * there could swap a verified file before it is installed, so such a directory is refused instead of mended. On Windows
 * only that it is a folder is known here: its access list is set by whoever sets the machine up
 * (docs/guide/agent-care.md).
 */
import { dirname } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import type { FileSystem } from "../../ports/index.ts";

const othersMayWrite = 0o022;

/**
 * Makes the directory if there is none, and checks it.
 *
 * @throws DIRECTORY_UNSAFE
 */
export async function openPrivateDirectory(fileSystem: FileSystem, path: string): Promise<void> {
  if ((await fileSystem.stat(path)) === undefined) {
    await fileSystem.makeDirectory(path);
    await fileSystem.syncDirectory(dirname(path));
  }
  await checkPrivateDirectory(fileSystem, path);
}

/** Checks a directory that is there. @throws DIRECTORY_UNSAFE */
export async function checkPrivateDirectory(fileSystem: FileSystem, path: string): Promise<void> {
  const facts = await fileSystem.stat(path);
  const refuse = (what: string): OutriderError =>
    new OutriderError(
      "DIRECTORY_UNSAFE",
      `${path} ${what}; only the agent's own user may be able to write there.`,
      {
        subject: path,
      },
    );
  if (facts?.kind !== "directory") throw refuse("is not a directory");
  if (process.platform === "win32") return; // mode bits say nothing there
  if ((facts.mode & othersMayWrite) !== 0)
    throw refuse(`has mode ${facts.mode.toString(8)} (chmod go-w mends it)`);
  const user = process.getuid?.();
  if (user !== undefined && facts.owner !== user) throw refuse(`belongs to user ${facts.owner}`);
}
