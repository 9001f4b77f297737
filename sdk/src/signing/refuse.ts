/** How the verifier says no: always with an OutriderError, never with a value that could be taken for a yes. */
import { OutriderError, say, type ErrorCode, type Sentence } from "../errors/index.ts";

/** @param subject fingerprint of the key that the refusal is about, where it is known. */
export function refuse(code: ErrorCode, message: Sentence, subject?: string): never {
  throw new OutriderError(code, message, subject === undefined ? {} : { subject });
}

/** Refuses a signature that is well-formed and not of our kind. */
export function refuseKind(reason: Sentence): never {
  return refuse(
    "SIGNATURE_UNSUPPORTED",
    say("The signature {0}. Make a detached binary one with SHA-256 or better.", reason),
  );
}

/** Refuses one signature more than are allowed. */
export function refuseMany(allowed: number): never {
  return refuse(
    "SIGNATURE_TOO_MANY",
    say("There are more signatures than {0}. Leave some out.", allowed),
  );
}
