/** Watched mount points (a USB stick): a path that appears is read like a share. Each look is one `stat`. */
import { nodeFileSystem, type FileSystem, type Logger } from "../../../ports/index.ts";
import { directoryShare, shareTree, type Tree } from "../../../transport/tree/index.ts";
import type { Offers } from "./offers.ts";

/** How they are watched. */
export interface MountOptions {
  /** Roots of trees, of this machine's own configuration. */
  readonly mounts: readonly string[];
  readonly lookMs: number;
  /** Pause before what stays is read again. */
  readonly pollMs: number;
  readonly fileSystem?: FileSystem;
  readonly logger: Logger;
  readonly offers: Offers;
  readonly signal: AbortSignal;
}

/** Watches until the signal is given. */
export async function watchMounts(options: MountOptions): Promise<void> {
  const { fileSystem = nodeFileSystem } = options;
  await Promise.all(
    options.mounts.map((root) =>
      watchMount(
        { ...shareTree(directoryShare(root, fileSystem)), medium: "stick" },
        fileSystem,
        options,
      ),
    ),
  );
}

async function watchMount(
  tree: Tree,
  fileSystem: FileSystem,
  options: MountOptions,
): Promise<void> {
  const { logger, offers, signal, lookMs, pollMs } = options;
  let readAt: number | undefined;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let looking = false;
  const timer = setInterval(() => {
    if (!looking) void look();
  }, lookMs);
  signal.addEventListener("abort", () => end(), { once: true });
  if (signal.aborted) end();
  await ended;
  clearInterval(timer);

  async function look(): Promise<void> {
    looking = true;
    try {
      const facts = await fileSystem.stat(tree.origin);
      if (facts === undefined) {
        if (readAt !== undefined) offers.withdraw(tree.origin);
        readAt = undefined;
      } else if (readAt === undefined || performance.now() - readAt >= pollMs) {
        const bytes = await tree.catalog({ signal });
        if (readAt === undefined) offers.forgetSettled();
        readAt = performance.now();
        offers.put(tree, bytes);
      }
    } catch (error) {
      // Half-mounted or just pulled out: the next look will tell.
      logger.log("debug", `${tree.origin} cannot be read.`, { cause: (error as Error).message });
    } finally {
      looking = false;
    }
  }
}
