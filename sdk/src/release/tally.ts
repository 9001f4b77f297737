/** How far signing has come, in sentences. */
import { inEnglish, say, type Sentence } from "../errors/index.ts";
import type { Tally } from "../trust/index.ts";

/** `release of demo-app: 1 of 2 signed (Ada), 1 more needed`. */
export function describeTallies(tallies: readonly Tally[]): Sentence[] {
  return tallies.map(({ role, needed, signed }) => {
    const owners = signed.map(({ owner }) => owner).join(", ");
    const verdict =
      signed.length >= needed ? say("enough") : say("{0} more needed", needed - signed.length);
    return owners === ""
      ? say("{0}: {1} of {2} signed, {3}", role, signed.length, needed, verdict)
      : say("{0}: {1} of {2} signed ({3}), {4}", role, signed.length, needed, owners, verdict);
  });
}

/** The same for machines. */
export function tallyJson(tallies: readonly Tally[]): object[] {
  return tallies.map(({ role, needed, signed }) => ({
    role: inEnglish(role),
    needed,
    signed: signed.map(({ fingerprint }) => fingerprint),
  }));
}
