/**
 * The same verification, told step by step: which rule was held, by which role and keys, and which one failed first.
 * For `outrider verify`; nothing is remembered.
 */
import { isOutriderError, OutriderError, say, sentenceOf } from "../errors/index.ts";
import type { DocumentType, SealedDocument } from "../messages/index.ts";
import type { Audience, TrustedKey } from "../schema/index.ts";
import { byStick, checkFresh, verifyCatalog } from "./catalog.ts";
import { Checks, type Check } from "./checks.ts";
import { verifyManifest } from "./manifest.ts";
import { verifyNotification } from "./notification.ts";
import { verifyReceipt } from "./receipt.ts";
import { verifyFirst, verifyNext } from "./rotation.ts";
import { checkTrustInForce, type Run } from "./run.ts";
import type { TrustSet } from "./set.ts";
import { checkNew, verifyControl, verifyTrigger } from "./trigger.ts";

/** What was checked, in order. */
export interface Explanation {
  /** Up to the first that failed. */
  readonly checks: readonly Check[];
  /** What the verification would have thrown; absent when every check passed. */
  readonly error?: OutriderError;
}

/** What some documents are judged by beside the trust document. */
export interface ExplanationContext {
  /** For a control: the audience of its deployment. */
  readonly audience?: Audience;
  /** For a receipt: the agent's enrolled key. */
  readonly agentKey?: TrustedKey;
  /** For a catalog: by which transport it came. Default `file`. */
  readonly transport?: string;
}

/**
 * The verification of any document as this trust would make it, told check by check; nothing is remembered.
 *
 * @throws CONFIG_INVALID when the context lacks what this type is judged by
 */
export function explain(
  trust: TrustSet,
  sealed: SealedDocument,
  context: ExplanationContext = {},
): Explanation {
  const { now, document, memory, agent } = trust;
  if (sealed.type === "trust/1" && sealed.text === trust.sealed.text)
    return explainFirst({ ...trust.sealed, signatures: sealed.signatures }, now);
  const run: Run = { now, trust: document, memory, agent, checks: new Checks() };
  const verify = verificationOf(run, sealed, context);
  return record(run.checks, sealed.type, () => {
    // A successor and a receipt need no trust document in force: the one may replace it, the other has its own key.
    if (sealed.type !== "trust/1" && sealed.type !== "receipt/1") checkTrustInForce(run);
    verify();
  });
}

/** Explains a first trust document, which vouches for itself. */
export function explainFirst(sealed: SealedDocument<"trust/1">, now: Date): Explanation {
  const checks = new Checks();
  return record(checks, sealed.type, () => verifyFirst(sealed, now, checks));
}

function verificationOf(run: Run, sealed: SealedDocument, context: ExplanationContext): () => void {
  const { audience, agentKey, transport = byStick } = context; // a file in the hand is one that a person carried
  if (is(sealed, "trust/1")) return () => verifyNext(run.trust, sealed, run.now, run.checks);
  if (is(sealed, "manifest/1")) return () => verifyManifest(run, sealed);
  if (is(sealed, "notification/1")) return () => verifyNotification(run, sealed);
  if (is(sealed, "trigger/1"))
    return () => checkNew(run, verifyTrigger(run, sealed).document, sealed.type);
  if (is(sealed, "catalog/1"))
    return () => checkFresh(run, verifyCatalog(run, sealed, transport).result.document, transport);
  if (is(sealed, "control/1") && audience !== undefined)
    return () => verifyControl(run, sealed, audience);
  if (is(sealed, "receipt/1") && agentKey !== undefined)
    return () => verifyReceipt(run, sealed, agentKey);
  throw new OutriderError(
    "CONFIG_INVALID",
    sealed.type === "control/1"
      ? say("A {0} is judged by its deployment's audience: name it.", sealed.type)
      : say("A {0} is judged by its agent's enrolled key: name it.", sealed.type),
  );
}

function is<T extends DocumentType>(sealed: SealedDocument, type: T): sealed is SealedDocument<T> {
  return sealed.type === type;
}

function record(checks: Checks, subject: string, verify: () => void): Explanation {
  try {
    verify();
    return { checks: checks.list };
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    const isTold = checks.list.some(({ passed }) => !passed);
    const last: Check = {
      subject,
      name: "form",
      passed: false,
      sentence: sentenceOf(error),
      code: error.code,
    };
    return { checks: isTold ? checks.list : [...checks.list, last], error };
  }
}
