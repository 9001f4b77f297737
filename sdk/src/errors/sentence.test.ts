/** A sentence and its values: said in English, and by errors. */
import { expect, test } from "vitest";
import { OutriderError, sentenceOf } from "./error.ts";
import { inEnglish, say } from "./sentence.ts";

test("values stand where the sentence names them, sentences in sentences", () => {
  const inner = say("{0} of {1}", 1, "{0}");
  expect(inEnglish(say("{1}, {0}; {1} {2}", "a", inner))).toBe("1 of {0}, a; 1 of {0} {2}");
});

test("an error says its sentence, and hands it on; a plain message is all value", () => {
  const sentence = say("There is no {0}.", "key");
  const error = new OutriderError("KEY_MISSING", sentence);
  expect(error.message).toBe("There is no key.");
  expect(sentenceOf(error)).toBe(sentence);
  const plain = new OutriderError("KEY_MISSING", "It rains {0}.");
  expect(plain.sentence).toBeUndefined();
  expect(inEnglish(sentenceOf(plain))).toBe("It rains {0}.");
});
