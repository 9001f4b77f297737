/** The states of an agent's row, and how a store picks rows by them. */
import type { LedgerState } from "./records.ts";

/** Every state of an agent, in the order in which it goes through them. */
export const ledgerStates: readonly LedgerState[] = [
  "planned",
  "sent",
  "received",
  "installed",
  "rolledBack",
  "failed",
  "refused",
  "noAnswer",
];

/** Which rows of a wave. Each picks by an index of its own: a ledger may have ten million rows. */
export type RowChoice =
  | {
      readonly of: "job";
      readonly job: number;
      readonly from: "planned";
      /** Default: all of the job. */
      readonly agents?: readonly string[];
    }
  | { readonly of: "silent"; readonly from: "sent" | "received"; readonly beforeMs: number }
  | { readonly of: "wave"; readonly from: LedgerState };

/** Agents by state, with a zero where a tally names none. */
export function countsOf(
  tallies: Readonly<Partial<Record<LedgerState, number>>> = {},
): Record<LedgerState, number> {
  return Object.fromEntries(ledgerStates.map((state) => [state, tallies[state] ?? 0])) as Record<
    LedgerState,
    number
  >;
}
