/** Is this an agent's own report? Signed by the key that was enrolled for exactly this agent (THREATS N17). */
import { OutriderError, say } from "../errors/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import type { TrustedKey } from "../schema/index.ts";
import type { Run } from "./run.ts";
import { nameOf, readSigned } from "./signers.ts";
import { requireIssued } from "./time.ts";
import { asVerified, type Verified } from "./verified.ts";

/** @throws what TrustSet.verifyReceipt throws */
export function verifyReceipt(
  run: Run,
  sealed: SealedDocument<"receipt/1">,
  agentKey: TrustedKey,
): Verified<"receipt/1"> {
  const { revoked } = run.trust;
  const ring = { keys: [agentKey], ...(revoked === undefined ? {} : { revoked }) };
  const { document, signers } = readSigned(sealed, ring, run.now, run.checks);
  run.checks.make(
    sealed.type,
    "role",
    () => {
      if (document.agent !== agentKey.owner)
        throw new OutriderError(
          "KEY_ROLE",
          say(
            "The receipt speaks for the agent {0}; its key is that of {1}.",
            document.agent,
            nameOf(agentKey),
          ),
        );
    },
    () => say("Signed by the agent {0} itself.", document.agent),
  );
  requireIssued(run.checks, document, run.now, say("The receipt of {0}", document.agent));
  return asVerified(sealed, document, signers);
}
