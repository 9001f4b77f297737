/** Is this manifest released by those who may, and is it the one that the trigger orders? */
import { OutriderError } from "../errors/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import { sha256Hex } from "../signing/index.ts";
import { checkNotRecalled } from "./recall.ts";
import { releaseRequirement, requireRole } from "./role.ts";
import type { Run } from "./run.ts";
import { readSigned } from "./signers.ts";
import { checkIssued } from "./time.ts";
import { asVerified, type Verified } from "./verified.ts";

/** @throws what TrustSet.verifyManifest throws */
export function verifyManifest(
  run: Run,
  sealed: SealedDocument<"manifest/1">,
  trigger?: Verified<"trigger/1">,
): Verified<"manifest/1"> {
  const { checks } = run;
  const { document, signers } = readSigned(sealed, run.trust, run.now, checks);
  const counted = requireRole(
    signers,
    releaseRequirement(run.trust, document.name),
    sealed.type,
    checks,
  );
  checks.make(
    sealed.type,
    "time",
    () =>
      checkIssued({ issuedAt: document.releasedAt }, run.now, `the manifest of ${document.name}`),
    () => `Released on ${document.releasedAt}.`,
  );
  const digest = sha256Hex(sealed.bytes);
  checkNotRecalled(run, digest, sealed.type);
  if (trigger !== undefined)
    checks.make(
      sealed.type,
      "release",
      () => {
        const ordered = trigger.document.package;
        if (
          ordered.manifest !== digest ||
          ordered.name !== document.name ||
          ordered.version !== document.version
        )
          throw new OutriderError(
            "MANIFEST_MISMATCH",
            `The trigger orders ${ordered.name} ${ordered.version} with manifest ${ordered.manifest}; this is ${document.name} ${document.version} with manifest ${digest}.`,
          );
      },
      () => "It is the manifest that the trigger orders.",
    );
  return asVerified(sealed, document, counted);
}
