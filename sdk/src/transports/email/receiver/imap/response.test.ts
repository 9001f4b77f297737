import * as fc from "fast-check";
import { expect, test } from "vitest";
import { workedMs } from "../../../../../test/support/worked.ts";
import { encodeFolderName, quoted } from "./folder-name.ts";
import { attributesOf, literalMark, numberOf, parseResponse } from "./response.ts";

test.each([
  ["+ idling", { kind: "continue", text: "idling" }],
  ["+", { kind: "continue", text: "" }],
  ["a1 OK done", { kind: "done", tag: "a1", status: "OK", code: "", text: "done" }],
  [
    "a1 NO [TRYCREATE] there is none",
    { kind: "done", tag: "a1", status: "NO", code: "TRYCREATE", text: "there is none" },
  ],
  [
    "* OK [UIDVALIDITY 7] valid",
    { kind: "status", status: "OK", code: "UIDVALIDITY 7", text: "valid" },
  ],
  ["* BYE", { kind: "status", status: "BYE", code: "", text: "" }],
  ["* 3 EXISTS", { kind: "number", number: 3, name: "EXISTS", values: [] }],
  [
    String.raw`* LIST (\HasNoChildren \Junk) "/" "a \"quoted\" name"`,
    { kind: "data", name: "LIST", values: [["\\HasNoChildren", "\\Junk"], "/", 'a "quoted" name'] },
  ],
  ["* LIST () NIL x", { kind: "data", name: "LIST", values: [[], null, "x"] }],
  // What nobody asked for and nobody understands is not ours to refuse.
  ['* XYZ "open', { kind: "data", name: "", values: [] }],
])("%s", (line, response) => {
  expect(parseResponse(line)).toEqual(response);
});

test("the attributes of a mail, with literals where they stood", () => {
  const line = `* 2 FETCH (UID 9 BODY[HEADER.FIELDS (Outrider-Document)]<0> ${literalMark} FLAGS (\\Seen))`;
  const response = parseResponse(line, ["content"]);
  expect(response).toMatchObject({ kind: "number", number: 2, name: "FETCH" });
  const attributes = attributesOf(response?.kind === "number" ? response.values : []);
  expect([...attributes]).toEqual([
    ["UID", "9"],
    ["BODY[HEADER.FIELDS (OUTRIDER-DOCUMENT)]<0>", "content"],
    ["FLAGS", ["\\Seen"]],
  ]);
});

test.each([
  "",
  "*",
  "a1",
  "a1 MAYBE done",
  "* 1 FETCH (UID 9",
  "* 1 FETCH UID 9)",
  `* 1 FETCH (BODY[] ${literalMark})`,
  `* 1 FETCH ${"(".repeat(100)}${")".repeat(100)}`,
  '* 1 FETCH ("open)',
])("refused: %j", (line) => {
  expect(parseResponse(line)).toBeUndefined();
});

test("never fails otherwise, and is quick, whatever comes", () => {
  const pieces = [...'* +a1()"[]{}\\<>\u0000'.split(""), "OK", "FETCH", "NIL", "UID"];
  const hostile = fc
    .array(fc.constantFrom(...pieces), { maxLength: 80 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(hostile, fc.array(fc.string(), { maxLength: 2 }), (line, literals) => {
      parseResponse(line, literals);
      parseResponse(`* 1 FETCH ${line}`, literals);
    }),
    { numRuns: 3000 },
  );
  const startedAt = workedMs();
  for (const line of [
    '"'.repeat(60_000),
    "[".repeat(60_000),
    "\\".repeat(60_000),
    "(".repeat(60_000),
  ])
    parseResponse(`* 1 FETCH ${line}`);
  expect(workedMs() - startedAt).toBeLessThan(500);
});

test("numbers are UIDs or nothing", () => {
  expect(["1", "4294967295"].map((each) => numberOf(each))).toEqual([1, 4294967295]);
  for (const wrong of ["4294967296", "99999999999", "-1", "1x", "", null, ["1"], undefined])
    expect(numberOf(wrong)).toBeUndefined();
});

test.each([
  ["INBOX", "INBOX"],
  ["Entwürfe", "Entw&APw-rfe"],
  ["A & B", "A &- B"],
  ["台北", "&U,BTFw-"], // RFC 3501 5.1.3
  ["☺ €", "&Jjo- &IKw-"],
])("a folder's name: %s", (name, encoded) => {
  expect(encodeFolderName(name)).toBe(encoded);
});

test("nothing leaves a quoted string", () => {
  expect(quoted('a"b\\c')).toBe(String.raw`"a\"b\\c"`);
  for (const text of ["a\r\nb", "a\nb", "\u0000", "ü"]) expect(() => quoted(text)).toThrow("ASCII");
});
