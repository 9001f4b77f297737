/** May the server's key speak? The trust document in force says so, and a new one may take it away. */
import { OutriderError } from "../../errors/index.ts";
import type { KeySource } from "../../ports/index.ts";
import type { TrustSet } from "../../trust/index.ts";

/** The key, and what decides on it. */
export interface ServerKeyParts {
  readonly key: Pick<KeySource, "fingerprint">;
  readonly trust: TrustSet;
}

/** Does it have the role `server`? */
export function isServerKey({ key, trust }: ServerKeyParts): boolean {
  return trust.document.roles.server.keys.includes(key.fingerprint);
}

/** Without the role it would make notifications that every agent refuses: better said at once. @throws KEY_ROLE */
export function requireServerKey(parts: ServerKeyParts): void {
  if (isServerKey(parts)) return;
  const { key, trust } = parts;
  throw new OutriderError(
    "KEY_ROLE",
    `Key ${key.fingerprint} does not have the role server in version ${trust.document.version} of the trust document. Agents would refuse what it signs.`,
    { subject: key.fingerprint },
  );
}
