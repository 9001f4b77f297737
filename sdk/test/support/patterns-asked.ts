/**
 * Which texts regular expressions were asked about while something ran: what no pattern has seen, none can spend its time
 * on, however it is written. `match`, `replace` and `split` ask by `exec` too (ECMAScript 22.2.7.1).
 */
import { vi } from "vitest";

type Exec = (this: RegExp, text: string) => RegExpExecArray | null;

/** Runs it. @returns the texts, in order */
export function patternsAsked(work: () => unknown): readonly string[] {
  const texts: string[] = [];
  const exec = Reflect.get(RegExp.prototype, "exec") as Exec;
  const asked = vi.spyOn(RegExp.prototype, "exec").mockImplementation(function (
    this: RegExp,
    text,
  ) {
    texts.push(text);
    return exec.call(this, text);
  });
  try {
    work();
  } finally {
    asked.mockRestore();
  }
  return texts;
}
