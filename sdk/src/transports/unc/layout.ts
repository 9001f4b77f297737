/**
 * The tree on a share (DESIGN 7). Every name is a digest or a number that this file checks, so that nothing in a message
 * can lead out of the configured root (THREATS N14).
 */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";

/** Where the parts of a share lie, below its root. */
export const share = {
  /** Written last: what is current. */
  catalog: (root: string): string => join(root, "catalog.json"),
  notifications: (root: string): string => join(root, "notifications"),
  notification: (root: string, sha256: string): string =>
    join(root, "notifications", `${digest(sha256)}.json`),
  packages: (root: string): string => join(root, "packages"),
  package: (root: string, sha256: string): string =>
    join(root, "packages", `${digest(sha256)}.outrider`),
  trusts: (root: string): string => join(root, "trust"),
  trust: (root: string, version: number): string => join(root, "trust", `${whole(version)}.json`),
  /** Drop directory of agents that may write. */
  receipts: (root: string): string => join(root, "receipts"),
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
