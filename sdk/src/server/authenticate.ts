/**
 * Fig. 3, step 64, first half: who ordered this, and did they have the package?
 *
 * - Signatures by keys with the `push` role for every group of the audience, over the exact bytes, before these are
 *   parsed.
 * - Not expired, not dated in the future, not seen before (THREATS T2).
 * - The binding is recomputed from the server's own copy of the package, never from what the trigger says (T3).
 */
import { OutriderError } from "../errors/index.ts";
import type { DeploymentStore } from "../ledger/index.ts";
import { openEnvelope, type SealedDocument } from "../messages/index.ts";
import { checkBinding } from "../package/index.ts";
import type { Trigger } from "../schema/index.ts";
import type { TrustSet, Verified } from "../trust/index.ts";
import type { HostedPackage, PackageSource } from "./publishing/packages.ts";
import type { RawTrigger } from "./raw.ts";
import type { RecognizedTrigger } from "./recognize.ts";

declare const step: unique symbol;

/** A trigger whose makers may order what it orders, and who had the package. */
export interface AuthenticTrigger extends RawTrigger {
  readonly [step]: "authentic";
  readonly trigger: Trigger;
  readonly sealed: SealedDocument<"trigger/1">;
  readonly package: HostedPackage;
  /** Fingerprints of the primary keys that signed. */
  readonly signers: readonly string[];
}

/** What authenticating needs. */
export interface AuthenticateParts {
  readonly trust: TrustSet;
  readonly packages: PackageSource;
  readonly deployments: Pick<DeploymentStore, "progress">;
  /** Was this manifest recalled? */
  isRecalled(manifestSha256: string): Promise<boolean>;
}

/**
 * @throws the codes of openEnvelope and of TrustSet.verifyTrigger; REPLAYED, RECALLED, PACKAGE_UNKNOWN,
 * BINDING_MISMATCH
 */
export async function authenticateTrigger(
  recognized: RecognizedTrigger,
  parts: AuthenticateParts,
): Promise<AuthenticTrigger> {
  const sealed = openEnvelope(recognized.message, "the trigger");
  const verified = parts.trust.at(recognized.receivedAt).verifyTrigger(sealed);
  const trigger = verified.document;
  await refuseReplay(trigger, parts);
  const hosted = await ownCopy(trigger, parts);
  if (!checkBinding(sealed.text, hosted.contentsSha512))
    throw new OutriderError(
      "BINDING_MISMATCH",
      `Trigger ${trigger.id} is not bound to the contents of ${trigger.package.name} ${trigger.package.version} on this host. Make it from the package itself.`,
      { subject: trigger.id, pointer: "/package/binding" },
    );
  const { bytes, via, receivedAt } = recognized;
  const signers = primaries(verified);
  return {
    bytes,
    via,
    receivedAt,
    trigger,
    sealed,
    package: hosted,
    signers,
  } as unknown as AuthenticTrigger;
}

function primaries(verified: Verified<"trigger/1">): string[] {
  return [...new Set(verified.signers.map((key) => key.primary))];
}

/** The store refuses a second time when it plans: this only spares the work, that decides. */
async function refuseReplay(trigger: Trigger, parts: AuthenticateParts): Promise<void> {
  if ((await parts.deployments.progress(trigger.id)) !== undefined)
    throw new OutriderError(
      "REPLAYED",
      `Trigger ${trigger.id} was accepted before; it takes effect once.`,
      {
        subject: trigger.id,
      },
    );
}

async function ownCopy(trigger: Trigger, parts: AuthenticateParts): Promise<HostedPackage> {
  const { name, version, manifest } = trigger.package;
  if (await parts.isRecalled(manifest))
    throw new OutriderError(
      "RECALLED",
      `${name} ${version} was recalled. Publish and push a new version.`,
      {
        subject: trigger.id,
        pointer: "/package/manifest",
      },
    );
  const hosted = await parts.packages.find(manifest);
  if (hosted === undefined || hosted.manifest.name !== name || hosted.manifest.version !== version)
    throw new OutriderError(
      "PACKAGE_UNKNOWN",
      `${name} ${version} with manifest ${manifest} is not on this host. Publish it first (outrider publish).`,
      { subject: trigger.id, pointer: "/package" },
    );
  return hosted;
}
