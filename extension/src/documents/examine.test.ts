/** What a person is told about a text, and what the repairs make of it. */
import { describe, expect, test } from "vitest";
import { examineText } from "./examine.ts";
import { inEnglish, type Finding } from "./finding.ts";
import { kindOfText } from "./kinds.ts";
import { createDocument, createJsonServices } from "./service.ts";

const services = createJsonServices(inEnglish);

async function examine(text: string, languageId = "outrider"): Promise<Finding[]> {
  const kind = kindOfText(languageId, text)!;
  return examineText(createDocument("file:///a", 1, text), kind, services, inEnglish);
}

function repaired(text: string, finding: Finding | undefined, title: string): unknown {
  const document = createDocument("file:///a", 1, text);
  const edit = finding?.fixes?.find((fix) => fix.title === title)?.edits[0];
  if (edit === undefined) return finding?.fixes?.map((fix) => fix.title);
  const { start, end } = edit.range;
  return JSON.parse(
    text.slice(0, document.offsetAt(start)) + edit.text + text.slice(document.offsetAt(end)),
  );
}

function manifest(members: object): string {
  const whole = { name: "a", version: "1.0.0", files: [{ from: "a" }], ...members };
  return JSON.stringify({ install: { strategy: "directory" }, ...whole }, null, 2);
}

test.each([
  [
    "a forbidden name",
    manifest({}).replace('"name"', '"__proto__": 1, "name"'),
    "JSON_FORBIDDEN_KEY",
  ],
  ["65 levels", manifest({}).replace('"a"', "[".repeat(65) + "]".repeat(65)), "JSON_TOO_DEEP"],
  ["nothing", " \n", "JSON_SYNTAX"],
])("only the SDK's reader sees: %s", async (_name, text, code) => {
  expect((await examine(text))[0]?.code).toBe(code);
});

test.each([
  ["a duplicate name", '{ "name": "a", "name": "b" }', "JSON_DUPLICATE_KEY"],
  ["a comment", '{ // no\n "name": "a" }', "JSON_SYNTAX"],
  ["a comma too many", '{ "name": "a", }', "JSON_SYNTAX"],
  ["an open string", '{ "name": "a', "JSON_SYNTAX"],
])("grammar: %s", async (_name, text, code) => {
  expect((await examine(text)).map((finding) => finding.code)).toContain(code);
});

describe("repairs", () => {
  test("a misspelled member", async () => {
    const text = manifest({ descripton: "x" });
    const [finding] = await examine(text);
    expect(repaired(text, finding, "Write description")).toMatchObject({ description: "x" });
    expect(repaired(text, finding, "Remove descripton")).not.toHaveProperty("descripton");
  });

  test("a member that is nothing like any", async () => {
    const text = manifest({ wholly: 1 });
    const [finding] = await examine(text);
    expect(finding?.fixes?.map(({ title }) => title)).toEqual(["Remove wholly"]);
    expect(repaired(text, finding, "Remove wholly")).toEqual(JSON.parse(manifest({})));
  });

  test("a misspelled value", async () => {
    const text = manifest({ kind: "programm" });
    const [finding] = await examine(text);
    expect(repaired(text, finding, "Write program")).toMatchObject({ kind: "program" });
  });

  test("a value of the wrong form has none", async () => {
    const [finding] = await examine(manifest({ name: "Upper Case" }));
    expect(finding?.message).toContain("Name of a package");
    expect(finding?.fixes).toEqual([]);
  });
});

test("plain JSON is known by its type, an envelope by its first member", () => {
  expect(kindOfText("json", '{ "type": "manifest/1" }')?.schema).toBe("manifest");
  expect(kindOfText("json", '{ "outrider": "trust/1", "signatures": [] }')?.schema).toBe(
    "envelope",
  );
  expect(kindOfText("outrider-trust", '{ "outrider": "trust/1", "signatures": [] }')?.schema).toBe(
    "envelope",
  );
  expect(kindOfText("outrider-trust", "{")?.schema).toBe("trust");
  expect(kindOfText("json", '{ "hello": 1 }')).toBeUndefined();
});
