/** A hover says everything once: held to what the service really makes of our schemas. */
import { expect, test } from "vitest";
import { inEnglish } from "./finding.ts";
import { withoutRepeat } from "./hover-text.ts";
import { createDocument, createJsonServices } from "./service.ts";

test("the meaning of a value stands in its list alone", async () => {
  const service = createJsonServices(inEnglish)("outrider");
  const text = '{ "install": { "strategy": "files" } }';
  const document = createDocument("file:///outrider.json", 1, text);
  const position = document.positionAt(text.indexOf("files"));
  const hover = await service.doHover(document, position, service.parseJSONDocument(document));
  const [value = ""] = (hover?.contents ?? []) as readonly string[];
  const times = (whole: string): number => whole.split("`files`: ").length - 1;
  expect([value, withoutRepeat(value)].map(times)).toEqual([2, 1]);
});

test("what is said once stays", () => {
  expect(withoutRepeat("A name.\n\nMore of it.")).toBe("A name.\n\nMore of it.");
});
