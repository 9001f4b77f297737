/** Remarks of the SDK in a text: where they point, in which language, and edits that leave the rest as written. */
import type { Change } from "@outrider/sdk/authoring";
import { say } from "@outrider/sdk/errors";
import { expect, test } from "vitest";
import { inEnglish, type Translate } from "./finding.ts";
import { placeRemark } from "./place-remark.ts";
import { createDocument, createJsonServices } from "./service.ts";

const text = `{
  "variants": [
    { "name": "all",   "when": {} },
    { "name": "linux", "when": { "os": ["linux"] } }
  ]
}`;

function place(pointer: string, change?: Change, t: Translate = inEnglish) {
  const document = createDocument("file:///outrider.json", 1, text);
  const { root } = createJsonServices(inEnglish)("outrider").parseJSONDocument(document);
  const title = say("Remove {0}", "linux");
  const finding = placeRemark(
    { document, root },
    {
      code: "VARIANT_UNREACHABLE",
      severity: "warning",
      pointer,
      sentence: say("It cannot be built: {0}", "why"),
      related: [{ pointer: "/variants/0", sentence: say("Takes its machines") }],
      repairs: change === undefined ? [] : [{ title, changes: [change], safe: false }],
    },
    t,
  );
  const at = ({ start, end }: typeof finding.range): string =>
    text.slice(document.offsetAt(start), document.offsetAt(end));
  const edited = (finding.fixes?.[0]?.edits ?? [])
    .map(({ range, text: replacement }) => ({
      from: document.offsetAt(range.start),
      to: document.offsetAt(range.end),
      replacement,
    }))
    .toSorted((left, right) => right.from - left.from)
    .reduce(
      (all, { from, to, replacement }) => all.slice(0, from) + replacement + all.slice(to),
      text,
    );
  return { finding, at, edited };
}

test("points at the value, and at the first character where there is none", () => {
  const { finding, at } = place("/variants/1/name");
  expect(at(finding.range)).toBe('"linux"');
  expect(finding.related?.map(({ range }) => at(range))).toEqual([
    '{ "name": "all",   "when": {} }',
  ]);
  const nowhere = place("/install/strategy");
  expect(nowhere.at(nowhere.finding.range)).toBe("{");
});

test("says it in the person's language", () => {
  const shout: Translate = (sentence, ...values) => inEnglish(sentence, ...values).toUpperCase();
  const { finding } = place("", { kind: "remove", pointer: "/variants/1" }, shout);
  expect(finding.message).toBe("IT CANNOT BE BUILT: WHY");
  expect(finding.fixes?.[0]?.title).toBe("REMOVE LINUX");
});

test("a written value, a removed element and a moved one leave the rest as it is written", () => {
  expect(place("", { kind: "write", pointer: "/variants/1/name", value: "x" }).edited).toBe(
    text.replace('"linux",', '"x",'),
  );
  expect(place("", { kind: "remove", pointer: "/variants/0" }).edited).toBe(`{
  "variants": [
    { "name": "linux", "when": { "os": ["linux"] } }
  ]
}`);
  expect(place("", { kind: "move", pointer: "/variants/1", before: "/variants/0" }).edited).toBe(`{
  "variants": [
    { "name": "linux", "when": { "os": ["linux"] } },
    { "name": "all",   "when": {} }
  ]
}`);
});

test("a reason inside a sentence is said in the person's language too", () => {
  const document = createDocument("file:///outrider.json", 1, text);
  const { root } = createJsonServices(inEnglish)("outrider").parseJSONDocument(document);
  const german: Readonly<Record<string, string>> = {
    "It cannot be built: {0}": "So lässt es sich nicht bauen: {0}",
    "{0} is a link.": "{0} ist ein Link.",
  };
  const reason = say("{0} is a link.", "a.txt");
  const { message } = placeRemark(
    { document, root },
    {
      code: "PACKAGE_PATH",
      severity: "error",
      pointer: "",
      sentence: say("It cannot be built: {0}", reason),
    },
    (sentence, ...values) => inEnglish(german[sentence] ?? sentence, ...values),
  );
  expect(message).toBe("So lässt es sich nicht bauen: a.txt ist ein Link.");
});
