/**
 * The tree that a share, a stick and a web server hold alike (DESIGN 7). Every name is a digest or a number that this
 * file checks, so that nothing in a message can lead out of the configured root (THREATS N14).
 */
import { OutriderError } from "../../errors/index.ts";

/** Names below the root, with `/` between their parts. */
export const treeNames = {
  /** Written last: what is current. */
  catalog: "catalog.json",
  notification: (sha256: string): string => `notifications/${digest(sha256)}.json`,
  package: (sha256: string): string => `packages/${digest(sha256)}.outrider`,
  trust: (version: number): string => `trust/${whole(version)}.json`,
  receipt: (sha256: string): string => `receipts/${digest(sha256)}.json`,
  /** Folder of notifications. */
  notifications: "notifications",
  /** Folder of archives. */
  packages: "packages",
  /** Drop folder of agents that may write. */
  receipts: "receipts",
} as const;

function digest(sha256: string): string {
  if (/^[0-9a-f]{64}$/.test(sha256)) return sha256;
  throw forbidden(sha256);
}

function whole(version: number): string {
  if (Number.isSafeInteger(version) && version > 0) return String(version);
  throw forbidden(String(version));
}

function forbidden(name: string): OutriderError {
  return new OutriderError(
    "SOURCE_FORBIDDEN",
    `${JSON.stringify(name.slice(0, 80))} names nothing on a share; only digests and versions do.`,
    { subject: name.slice(0, 80) },
  );
}
