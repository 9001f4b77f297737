/**
 * Writes a bundle on a stick: the same tree as on a share, so that whatever watches the mount point reads it.
 *
 * Archives, notifications and trust documents first, the catalog last: pulled out at any moment the stick holds its old
 * state or the new one, and a second run goes on where the first one was cut. What does not fit is refused before
 * anything is copied. What no catalog names any more goes at the end, so that a stick does not fill up with the years.
 */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { nodeFileSystem } from "../../ports/index.ts";
import type { Bundle } from "../../server/index.ts";
import { partialPath } from "../../transport/index.ts";
import { directoryShare, treeNames, type Share } from "../../transport/tree/index.ts";
import { formatBytes } from "../format.ts";

/** How it is written. */
export interface StickOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes of all archives so far. */
  readonly onProgress: (bytes: number, total: number) => void;
}

/** What was written. */
export interface WrittenStick {
  /** Bytes of archives that were copied; fewer than there are where some were there already. */
  readonly copied: number;
  /** Receipts that agents left on it, not imported yet. */
  readonly receipts: number;
}

/** Room for what is no archive, and for what the file system itself takes. */
const spareBytes = 1024 * 1024;

/** @throws FILE_MISSING where no stick is, SPACE where it is too small, PACKAGE_DIGEST, UNAVAILABLE, CANCELLED */
export async function writeStick(
  root: string,
  bundle: Bundle,
  options: StickOptions,
): Promise<WrittenStick> {
  const { signal } = options;
  const archives = [
    ...new Map(
      bundle.releases.flatMap((release) => release.archives.map((each) => [each.sha256, each])),
    ).values(),
  ];
  await requireRoom(root, bundle, archives);
  const share = directoryShare(root, nodeFileSystem);
  const total = archives.reduce((sum, { size }) => sum + size, 0);
  let copied = 0;
  let before = 0;
  for (const archive of archives) {
    copied += await share.store(treeNames.package(archive.sha256), archive, {
      signal,
      onProgress: (bytes) => options.onProgress(before + bytes, total),
    });
    before += archive.size;
    options.onProgress(before, total);
  }
  for (const { notification } of bundle.releases)
    await share.write(treeNames.notification(notification.sha256), notification.bytes, { signal });
  for (const { version, envelope } of bundle.trust)
    await share.write(treeNames.trust(version), envelope, { signal });
  await share.write(treeNames.catalog, bundle.catalog, { signal });
  await removeUnnamed(
    share,
    treeNames.packages,
    archives.map(({ sha256 }) => treeNames.package(sha256)),
  );
  await removeUnnamed(
    share,
    treeNames.notifications,
    bundle.releases.map(({ notification }) => treeNames.notification(notification.sha256)),
  );
  return { copied, receipts: (await share.list(treeNames.receipts)).length };
}

async function requireRoom(
  root: string,
  bundle: Bundle,
  archives: readonly { readonly sha256: string; readonly size: number }[],
): Promise<void> {
  if ((await nodeFileSystem.stat(root))?.kind !== "directory")
    throw new OutriderError(
      "FILE_MISSING",
      `${root} is no folder: is the stick in, and mounted there?`,
      { subject: root },
    );
  let needed = bundle.catalog.length + spareBytes;
  for (const { notification } of bundle.releases) needed += notification.bytes.length;
  for (const { envelope } of bundle.trust) needed += envelope.length;
  for (const { sha256, size } of archives) {
    const target = join(root, treeNames.package(sha256));
    const there =
      (await nodeFileSystem.stat(target)) ?? (await nodeFileSystem.stat(partialPath(target)));
    needed += size - Math.min(size, there?.size ?? 0);
  }
  const free = await nodeFileSystem.freeBytes(root);
  if (needed > free)
    throw new OutriderError(
      "SPACE",
      `${root} has ${formatBytes(free)} free, and ${formatBytes(needed)} are needed; nothing was written. Take a larger stick, or make room on this one.`,
      { subject: root },
    );
}

/** Only what has a name of ours is touched. */
async function removeUnnamed(
  share: Share,
  folder: string,
  named: readonly string[],
): Promise<void> {
  for (const { name } of await share.list(folder)) {
    const path = `${folder}/${name}`;
    const isOurs = /^[0-9a-f]{64}\.(outrider|json)(\.partial)?$/.test(name);
    if (isOurs && !named.includes(path)) await share.remove(path);
  }
}
