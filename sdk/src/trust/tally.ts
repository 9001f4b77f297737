/**
 * How far the signing of a document has come: `2 of 3 for root of version 5`. For the people who sign one after
 * another, so the document is read although too few have signed yet; it authorises nothing.
 */
import type { Sentence } from "../errors/index.ts";
import { readSealedDocument, type SealedDocument } from "../messages/index.ts";
import type { Manifest, Trigger, Trust, TrustedKey } from "../schema/index.ts";
import { verifySignatures } from "../signing/index.ts";
import { isRevoked } from "./revocation.ts";
import {
  pushRequirements,
  releaseRequirement,
  rootRequirement,
  serverRequirement,
  type Requirement,
} from "./role.ts";

/** One role and who of it has signed. */
export interface Tally {
  /** `release of demo-app`. */
  readonly role: Sentence;
  /** Persons that must sign. */
  readonly needed: number;
  /** Keys of different persons that have. */
  readonly signed: readonly TrustedKey[];
}

/**
 * Counts, for each role that the document takes.
 *
 * @param trust the document in force; for a new trust document its predecessor, or itself when it is the first.
 * @throws KEY_ROLE when the trust document lets nobody sign it; the codes of readSealedDocument
 */
export function tallySignatures(trust: Trust, sealed: SealedDocument, now: Date): Tally[] {
  const document = readSealedDocument(sealed);
  if (document.type === "trust/1") {
    const next = countSigners(document, rootRequirement(document), sealed, now);
    if (document.version !== trust.version + 1) return [next];
    return [countSigners(trust, rootRequirement(trust), sealed, now), next];
  }
  return requirementsOf(trust, document).map((requirement) =>
    countSigners(trust, requirement, sealed, now),
  );
}

type Other = Exclude<ReturnType<typeof readSealedDocument>, Trust>;

function requirementsOf(trust: Trust, document: Other): Requirement[] {
  if (isManifest(document)) return [releaseRequirement(trust, document.name)];
  if (isTrigger(document)) return pushRequirements(trust, document.audience);
  // A control does not name its audience, a receipt is signed by its agent alone.
  if (document.type === "control/1" || document.type === "receipt/1") return [];
  return [serverRequirement(trust)];
}

function isManifest(document: Other): document is Manifest {
  return document.type === "manifest/1";
}

function isTrigger(document: Other): document is Trigger {
  return document.type === "trigger/1";
}

function countSigners(
  trust: Trust,
  { name, role }: Requirement,
  { bytes, signatures }: SealedDocument,
  now: Date,
): Tally {
  const signed = new Map<string, TrustedKey>();
  const verdicts =
    signatures.length === 0 ? [] : verifySignatures(bytes, signatures, trust.keys, now);
  for (const verdict of verdicts) {
    if (!verdict.ok) continue;
    const { key } = verdict.signature;
    if (role.keys.includes(key.fingerprint) && !isRevoked(trust, key)) signed.set(key.primary, key);
  }
  return { role: name, needed: role.threshold, signed: [...signed.values()] };
}
