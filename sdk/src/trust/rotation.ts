/**
 * From one trust document to the next (TUF 5.3.3–5.3.7): the version rises by exactly one, and the thresholds of the
 * old and of the new root have signed, so that nobody who is not root can make a successor, and no root can be
 * replaced by one that cannot sign. Expiry is not asked here: only that of the last one counts (TUF 5.3.10).
 */
import { OutriderError, say } from "../errors/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import type { Trust } from "../schema/index.ts";
import type { Checks } from "./checks.ts";
import { requireRole, rootRequirement } from "./role.ts";
import { checkTrustShape } from "./shape.ts";
import { readForm, readSigned, type KeyRing } from "./signers.ts";
import { asVerified, type Verified } from "./verified.ts";

/** Most updates in one run (THREATS K2): an endless chain must not keep a machine busy for ever. */
export const maxUpdates = 256;

/**
 * The first document: pinned by whoever installed the agent or server, so it vouches for itself.
 *
 * @throws SIGNATURE_*, KEY_*, THRESHOLD_NOT_MET, DOCUMENT_INVALID, DOCUMENT_TYPE and the codes of parseJson
 */
export function verifyFirst(
  sealed: SealedDocument<"trust/1">,
  now: Date,
  checks: Checks,
): Verified<"trust/1"> {
  // It names its own keys, so it must be read first; it was chosen by whoever installed us.
  const document = readForm(sealed, checks);
  // The pin vouches for it: its keys may have lapsed since, while it lasts. They still cannot make a successor.
  const keys = document.keys.map((key) => ({ ...key, notAfter: "9999-12-31T23:59:59Z" }));
  return verifyOwnRoot(sealed, document, { ...document, keys }, now, checks);
}

/**
 * The next document.
 *
 * @throws TRUST_VERSION beside the codes of {@link verifyFirst}
 */
export function verifyNext(
  current: Trust,
  sealed: SealedDocument<"trust/1">,
  now: Date,
  checks: Checks,
): Verified<"trust/1"> {
  // 5.3.4: the old root first, over the exact bytes, before they are believed to say anything.
  const { document, signers } = readSigned(sealed, current, now, checks);
  requireRole(signers, rootRequirement(current), sealed.type, checks);
  // 5.3.5
  checks.make(
    sealed.type,
    "sequence",
    () => {
      if (document.version !== current.version + 1)
        throw new OutriderError(
          "TRUST_VERSION",
          say(
            "Version {0} does not follow version {1} of the trust document. Apply the versions one at a time.",
            document.version,
            current.version,
          ),
        );
    },
    () => say("Version {0} follows version {1}.", document.version, current.version),
  );
  return verifyOwnRoot(sealed, document, document, now, checks);
}

function verifyOwnRoot(
  sealed: SealedDocument<"trust/1">,
  document: Trust,
  ring: KeyRing,
  now: Date,
  checks: Checks,
): Verified<"trust/1"> {
  checks.make(
    sealed.type,
    "form",
    () => checkTrustShape(document),
    () => say("Every key is itself and stands once; every role can reach its threshold."),
  );
  const { signers } = readSigned(sealed, ring, now, checks);
  return asVerified(
    sealed,
    document,
    requireRole(signers, rootRequirement(document), sealed.type, checks),
  );
}
