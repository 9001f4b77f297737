/** The states of an agent's row. */
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

/** Agents by state, with a zero where a tally names none. */
export function countsOf(
  tallies: Readonly<Partial<Record<LedgerState, number>>> = {},
): Record<LedgerState, number> {
  return Object.fromEntries(ledgerStates.map((state) => [state, tallies[state] ?? 0])) as Record<
    LedgerState,
    number
  >;
}
