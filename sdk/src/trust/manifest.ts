/** Is this manifest released by those who may, and is it the one that the trigger orders? */
import { OutriderError, say } from "../errors/index.ts";
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
      checkIssued(
        { issuedAt: document.releasedAt },
        run.now,
        say("The manifest of {0}", document.name),
      ),
    () => say("Released on {0}.", document.releasedAt),
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
            say(
              "The trigger orders {0} {1} with manifest {2}; this is {3} {4} with manifest {5}.",
              ordered.name,
              ordered.version,
              ordered.manifest,
              document.name,
              document.version,
              digest,
            ),
          );
      },
      () => say("It is the manifest that the trigger orders."),
    );
  return asVerified(sealed, document, counted);
}
