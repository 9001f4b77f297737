/**
 * Who says so? Fig. 4, steps 84 and 85: the server's signature, and inside it those of the push and release keys, so
 * that a stolen server key alone can install nothing. Throws where anything is wrong: forged messages leave no trace.
 */
import { openEnvelope, type SealedDocument } from "../../messages/index.ts";
import type { Notification } from "../../schema/index.ts";
import type { TrustSet, Verified } from "../../trust/index.ts";
import type { RawNotification, RecognizedNotification } from "./recognize.ts";

declare const authenticNotification: unique symbol;

/** A notification whose every signature was checked. Made only here. */
export interface AuthenticNotification {
  readonly [authenticNotification]: true;
  readonly raw: RawNotification;
  readonly notification: Notification;
  readonly trigger: Verified<"trigger/1">;
  /** Absent where it is larger than a notification carries: then the archive's head holds it. */
  readonly manifest?: Verified<"manifest/1">;
}

/**
 * Step 84.
 *
 * @throws SIGNATURE_*, KEY_*, THRESHOLD_NOT_MET, TRUST_EXPIRED, EXPIRED, ROLLBACK, RECALLED, DOCUMENT_* and others of
 * trust
 */
export function authenticate(
  recognized: RecognizedNotification,
  trust: TrustSet,
): AuthenticNotification {
  const sealed: SealedDocument<"notification/1"> = openEnvelope(recognized.message, "notification");
  const verified = trust.verifyNotification(sealed);
  return {
    raw: recognized.raw,
    notification: verified.document,
    trigger: verified.trigger,
    ...(verified.manifest === undefined ? {} : { manifest: verified.manifest }),
  } as unknown as AuthenticNotification;
}
