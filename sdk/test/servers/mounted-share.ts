/**
 * A share of the test's Samba, mounted through FUSE by rclone: the kernel of a container mostly cannot mount one itself.
 * Takes root, /dev/fuse, and the Debian packages rclone and fuse3.
 */
import { execFileSync } from "node:child_process";
import { accessSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { notRun, outsideTool } from "../support/tools.ts";
import { startDaemon } from "./daemon.ts";
import { sambaPassword, type Samba, type SambaShare } from "./samba.ts";

/** Nothing is kept: every look goes to the server, and what was cut is told at once; a slow server is not at fault. */
const flags = [
  "--config=/dev/null",
  "--dir-cache-time=0s",
  "--attr-timeout=0s",
  "--vfs-cache-mode=off",
  "--retries=1",
  "--low-level-retries=1",
  "--timeout=30s",
  "--contimeout=30s",
];

/** It goes with the test. */
export interface MountedShare {
  readonly path: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Mounts it.
 *
 * @param port another one than Samba's, where a proxy stands before it.
 * @returns `undefined` where that is not possible: the test then returns, having said so on stderr.
 * @throws in CI, instead.
 */
export async function mountShare(
  samba: Samba,
  share: SambaShare,
  as: "publisher" | "agent",
  port: number = samba.port,
): Promise<MountedShare | undefined> {
  const [rclone, unmount] = ["rclone", "fusermount3"].map((name) => outsideTool(name));
  if (rclone === undefined || unmount === undefined || !hasFuse()) return undefined;
  const path = await mkdtemp(join(tmpdir(), "outrider-mount-"));
  const password = execFileSync(rclone, ["obscure", sambaPassword]).toString().trim();
  const remote = `:smb,host=127.0.0.1,port=${port},user=${as},pass='${password}':${share}`;
  const daemon = startDaemon(
    [rclone, "mount", remote, path, ...flags],
    join(tmpdir(), "outrider-mount.log"),
  );
  const outside = (await stat(dirname(path))).dev;
  for (const until = Date.now() + 60_000; (await stat(path)).dev === outside; await pause(50))
    if (Date.now() > until) {
      await daemon.stop();
      await rm(path, { recursive: true });
      return notRun("rclone could not mount a share: a test that needs it was NOT RUN");
    }
  return {
    path,
    async [Symbol.asyncDispose]() {
      execFileSync(unmount, ["-u", "-z", path]);
      await daemon.stop();
      await rm(path, { recursive: true, force: true });
    },
  };
}

function hasFuse(): boolean {
  try {
    accessSync("/dev/fuse");
    return true;
  } catch {
    notRun("there is no /dev/fuse: a test that mounts a share was NOT RUN");
    return false;
  }
}
