/** One line of the audit log (`log.ts` says how the lines hang together). */
import type { WayIn } from "../raw.ts";

/** What is entered. */
export interface AuditEntry {
  /** RFC 3339. */
  readonly at: string;
  readonly kind: "trigger" | "control" | "receipt" | "trust";
  readonly via: WayIn;
  readonly verdict: "accepted" | "refused" | "ignored";
  /** SHA-256 of the bytes that came in. */
  readonly sha256: string;
  readonly bytes: number;
  /** Id of the document, once it was authentic. */
  readonly id?: string;
  readonly deployment?: string;
  /** Why it was refused. */
  readonly code?: string;
  readonly step?: string;
  readonly detail?: string;
  /** Primary fingerprints. */
  readonly signers?: readonly string[];
}

/** An entry in the log. */
export interface AuditLine extends AuditEntry {
  /** Counts from 1. */
  readonly number: number;
  /** SHA-256 of the line before; 64 zeros for the first. */
  readonly previous: string;
  readonly afterCrash?: true;
}
