/**
 * A new trust document while the server runs: held to the one in force first (version N + 1, both thresholds), on a
 * copy; then its line is entered into the audit log; then it is in force. Shares and the HTTP channel show it with the
 * next catalog, which names its version.
 */
import { isOutriderError } from "../../errors/index.ts";
import { encodeEnvelope, type SealedDocument } from "../../messages/index.ts";
import type { Clock } from "../../ports/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import { TrustSet } from "../../trust/index.ts";
import type { AuditEntry } from "../audit/entry.ts";
import type { JudgeParts } from "../judge.ts";
import type { WayIn } from "../raw.ts";

/** What changing needs. */
export interface TrustChangeParts extends JudgeParts {
  readonly trust: TrustSet;
  readonly clock: Clock;
}

/**
 * @returns `known` for the one in force already: nothing is entered.
 * @throws the codes of TrustSet.update, with a line in the audit log; AUDIT_FAILED
 */
export async function changeTrust(
  next: SealedDocument<"trust/1">,
  via: WayIn,
  parts: TrustChangeParts,
): Promise<"applied" | "known"> {
  const { trust, clock } = parts;
  if (next.text === trust.sealed.text) return "known";
  const now = clock.now();
  const bytes = encodeEnvelope(next);
  const enter = async (facts: Pick<AuditEntry, "verdict"> & Partial<AuditEntry>): Promise<void> => {
    const entry: AuditEntry = {
      at: now.toISOString(),
      kind: "trust",
      via,
      sha256: sha256Hex(bytes),
      bytes: bytes.length,
      ...facts,
    };
    await parts.audit.append(entry);
    parts.tell({ event: "message", ...entry });
  };
  const trial = TrustSet.open(trust.sealed, { now });
  try {
    trial.update(next);
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    const { code, step, message: detail } = error;
    await enter({ verdict: "refused", code, step, detail });
    throw error;
  }
  await enter({ verdict: "accepted", id: `version ${trial.document.version}` });
  return trust.at(now).update(next);
}
