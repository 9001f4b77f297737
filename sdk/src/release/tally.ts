/** How far signing has come, in sentences. */
import type { Tally } from "../trust/index.ts";

/** `release of demo-app: 1 of 2 have signed (Ada)`. */
export function describeTallies(tallies: readonly Tally[]): string[] {
  return tallies.map(({ role, needed, signed }) => {
    const owners = signed.map(({ owner }) => owner).join(", ");
    const verdict = signed.length >= needed ? "enough" : `${needed - signed.length} more needed`;
    return `${role}: ${signed.length} of ${needed} signed${owners === "" ? "" : ` (${owners})`}, ${verdict}`;
  });
}

/** The same for machines. */
export function tallyJson(tallies: readonly Tally[]): object[] {
  return tallies.map(({ role, needed, signed }) => ({
    role,
    needed,
    signed: signed.map(({ fingerprint }) => fingerprint),
  }));
}
