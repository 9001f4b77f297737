/** Turns what a step returned or threw into a verdict, and enters it into the audit log first (step 65). */
import { createHash } from "node:crypto";
import { isOutriderError } from "../errors/index.ts";
import type { AuditEntry } from "./audit/entry.ts";
import type { AuditLog } from "./audit/log.ts";
import type { ServerEvent, Verdict } from "./events.ts";
import type { RawTrigger } from "./raw.ts";

/** Where verdicts go. */
export interface JudgeParts {
  readonly audit: Pick<AuditLog, "append">;
  tell(event: ServerEvent): void;
}

/** What was good enough to take effect. */
export interface Accepted {
  readonly id: string;
  readonly deployment: string;
  readonly signers: readonly string[];
}

/**
 * @param work returns undefined for what is not ours.
 * @throws AUDIT_FAILED, and what is not an OutriderError: that is a fault of ours
 */
export async function judge(
  kind: AuditEntry["kind"],
  raw: RawTrigger,
  parts: JudgeParts,
  work: () => Promise<Accepted | undefined>,
): Promise<Verdict> {
  const facts = {
    at: raw.receivedAt.toISOString(),
    kind,
    via: raw.via,
    sha256: createHash("sha256").update(raw.bytes).digest("hex"),
    bytes: raw.bytes.length,
  };
  const { verdict, facts: more } = await verdictOf(work);
  const entry: AuditEntry = { ...facts, verdict: verdict.outcome, ...more };
  await parts.audit.append(entry);
  parts.tell({ event: "message", ...entry });
  return verdict;
}

async function verdictOf(
  work: () => Promise<Accepted | undefined>,
): Promise<{ verdict: Verdict; facts: Partial<AuditEntry> }> {
  try {
    const accepted = await work();
    if (accepted === undefined) return { verdict: { outcome: "ignored" }, facts: {} };
    const { id, deployment, signers } = accepted;
    return { verdict: { outcome: "accepted", id, deployment }, facts: { id, deployment, signers } };
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    const { code, message, step, retryable } = error;
    return {
      verdict: { outcome: "refused", code, message, step, retryable },
      facts: { code, step, detail: message },
    };
  }
}
