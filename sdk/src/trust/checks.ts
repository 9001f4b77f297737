/**
 * The record of one verification: every rule is a named check, in the order in which they were made.
 * `outrider verify` prints it; the first check that fails gives the error.
 */
import { isOutriderError, sentenceOf, type ErrorCode, type Sentence } from "../errors/index.ts";

/** The rules, by name. */
export type CheckName =
  | "trust"
  | "signatures"
  | "form"
  | "role"
  | "time"
  | "recall"
  | "replay"
  | "audience"
  | "release"
  | "sequence"
  | "version";

/** One rule and its verdict. */
export interface Check {
  /** Type of the document that it was made on. */
  readonly subject: string;
  readonly name: CheckName;
  readonly passed: boolean;
  /** For people: why it passed or failed. */
  readonly sentence: Sentence;
  /** When it failed. */
  readonly code?: ErrorCode;
}

/** Collects checks. */
export class Checks {
  readonly #list: Check[] = [];

  get list(): readonly Check[] {
    return this.#list;
  }

  /** Makes one check. What it throws is recorded, and thrown on. */
  make<T>(subject: string, name: CheckName, check: () => T, sentence: (result: T) => Sentence): T {
    try {
      const result = check();
      this.#list.push({ subject, name, passed: true, sentence: sentence(result) });
      return result;
    } catch (error) {
      if (isOutriderError(error))
        this.#list.push({
          subject,
          name,
          passed: false,
          sentence: sentenceOf(error),
          code: error.code,
        });
      throw error;
    }
  }
}
