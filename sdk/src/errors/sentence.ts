/**
 * What is said to people: a sentence in English, apart from the values that it names, so that an editor can say it in
 * another language. Machines go by codes; only people read sentences.
 */

/** A sentence in English; `{0}` stands for the first value. */
export interface Sentence {
  readonly text: string;
  readonly values: readonly SentenceValue[];
}

/** A value of a sentence: as it is, or itself something that can be said in another language. */
export type SentenceValue = string | number | Sentence;

/** Says a sentence in its reader's language. */
export type Tell = (sentence: Sentence) => string;

/** Makes a sentence. Its text is a literal, so that translations can be held against all that is said. */
export function say(text: string, ...values: readonly SentenceValue[]): Sentence {
  return { text, values };
}

/** The sentence in English. */
export function inEnglish({ text, values }: Sentence): string {
  return text.replace(/\{(\d)\}/g, (whole, index: string) => {
    const value = values[Number(index)] ?? whole;
    return typeof value === "object" ? inEnglish(value) : String(value);
  });
}
