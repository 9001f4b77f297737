/** Members and elements that the form writes: one small edit each, everything else as it was. */
import { describe, expect, test } from "vitest";
import type { TextReplacement } from "./finding.ts";
import { inEnglish } from "./finding.ts";
import { createDocument, createJsonServices } from "./service.ts";
import { addElement, writeMember } from "./tree.ts";

const services = createJsonServices(inEnglish);

type Edit = typeof writeMember;

function edited(text: string, edit: Edit, pointer: string, value: unknown): string {
  const document = createDocument("file:///a.json", 0, text);
  const { root } = services("outrider").parseJSONDocument(document);
  const edits: readonly TextReplacement[] = edit(document, root, pointer, value);
  let result = text;
  for (const { range, text: written } of edits)
    result =
      result.slice(0, document.offsetAt(range.start)) +
      written +
      result.slice(document.offsetAt(range.end));
  return result;
}

describe("a member", () => {
  const text = '{\n  "name": "a",\n  "kind": "data"\n}\n';

  test("is replaced where it is", () => {
    expect(edited(text, writeMember, "/name", "b")).toBe(text.replace('"a"', '"b"'));
  });

  test("is added as the others stand", () => {
    expect(edited(text, writeMember, "/description", "x")).toBe(
      '{\n  "name": "a",\n  "kind": "data",\n  "description": "x"\n}\n',
    );
    expect(edited('{ "a": 1 }', writeMember, "/b", "2")).toBe('{ "a": 1, "b": "2" }');
    expect(edited("{}", writeMember, "/b", "2")).toBe('{"b": "2"}');
  });

  test("is taken out, the first and the last", () => {
    expect(edited(text, writeMember, "/name", undefined)).toBe('{\n  "kind": "data"\n}\n');
    expect(edited(text, writeMember, "/kind", undefined)).toBe('{\n  "name": "a"\n}\n');
    expect(edited(text, writeMember, "/none", undefined)).toBe(text);
  });

  test("of an object that is not there makes it, of what is none is not written", () => {
    expect(edited('{ "a": 1 }', writeMember, "/install/strategy", "files")).toBe(
      '{ "a": 1, "install": { "strategy": "files" } }',
    );
    expect(edited(text, writeMember, "/name/first", "x")).toBe(text);
  });
});

describe("an element", () => {
  test("is added to its array, or makes it", () => {
    expect(edited('{ "files": [{ "from": "a" }] }', addElement, "/files", { from: "b" })).toBe(
      '{ "files": [{ "from": "a" }, { "from": "b" }] }',
    );
    expect(edited('{ "files": [] }', addElement, "/files", 1)).toBe('{ "files": [1] }');
    expect(edited('{ "name": "a" }', addElement, "/files", 1)).toBe(
      '{ "name": "a", "files": [1] }',
    );
    expect(edited('{ "files": "x" }', addElement, "/files", 1)).toBe('{ "files": "x" }');
  });
});
