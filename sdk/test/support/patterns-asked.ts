/**
 * Which texts regular expressions were asked about while something ran: what no pattern has seen, none can spend its time
 * on, however it is written. `test`, `match`, `replace` and `split` ask by `exec` too (ECMAScript 22.2.7.1).
 */
import { vi } from "vitest";

/** Runs it. @returns the texts, in order */
export function patternsAsked(work: () => unknown): readonly string[] {
  const asked = vi.spyOn(RegExp.prototype, "exec");
  try {
    work();
    return asked.mock.calls.map(([text]) => text);
  } finally {
    asked.mockRestore();
  }
}
