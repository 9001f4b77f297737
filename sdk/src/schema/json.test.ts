import * as fc from "fast-check";
import { expect, test } from "vitest";
import { workedMs } from "../../test/support/worked.ts";
import { isOutriderError } from "../errors/index.ts";
import { locatePointer, parseJson, parseJsonText, positionAt } from "./json.ts";

function codeOf(text: string): string {
  try {
    parseJsonText(text, "x.json");
    return "none";
  } catch (error) {
    return isOutriderError(error) ? error.code : String(error);
  }
}

test("reads what JSON.parse reads", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      fc.pre(!/__proto__|constructor|prototype/.test(text));
      expect(parseJsonText(text, "x")).toEqual(JSON.parse(text));
    }),
  );
});

test("any text is read or refused with a code, and never more than JSON.parse reads", () => {
  const fragment = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"b"',
    "1",
    "null",
    " ",
    '"',
    "\\",
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
      const text = fragments.join("");
      const code = codeOf(text);
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect([valid ? "none" : "JSON_SYNTAX", "JSON_DUPLICATE_KEY"]).toContain(code);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['{"a":1,"a":2}', "JSON_DUPLICATE_KEY"],
  ['{"a":1,"\\u0061":2}', "JSON_DUPLICATE_KEY"],
  ['{"a":{"b":1},"c":[{"b":1,"b":2}]}', "JSON_DUPLICATE_KEY"],
  ['{"a":{"b":1},"b":{"b":1}}', "none"],
  ['{"__proto__":{}}', "JSON_FORBIDDEN_KEY"],
  ['{"a":"__proto__"}', "none"],
  ["[".repeat(65) + "]".repeat(65), "JSON_TOO_DEEP"],
  ["[".repeat(64) + "]".repeat(64), "none"],
  ['{"a":}', "JSON_SYNTAX"],
  ["", "JSON_SYNTAX"],
  ["{} {}", "JSON_SYNTAX"],
])("%s is %s", (text, code) => {
  expect(codeOf(text)).toBe(code);
});

test("bytes that are not UTF-8, or carry a byte order mark, are refused", () => {
  expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22), "x")).toThrow("UTF-8");
  expect(() => parseJson(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31), "x")).toThrow("UTF-8");
});

test("a syntax error names line and column", () => {
  expect(() => parseJsonText('{\n  "a": 1,\n  "b" 2\n}', "f.json")).toThrow("f.json:3:");
});

test("a pointer is found, or its nearest parent", () => {
  const text = '{\n "a": [10, {"b/c": true}],\n "d": "x"\n}';
  expect(positionAt(text, locatePointer(text, "/d"))).toEqual({ line: 3, column: 2 });
  expect(text.slice(locatePointer(text, "/a/1/b~1c"))).toMatch(/^"b\/c"/);
  expect(text.slice(locatePointer(text, "/a/0"))).toMatch(/^10/);
  expect(text.slice(locatePointer(text, "/a/1/missing"))).toMatch(/^\{"b/);
});

test("S13 hostile shapes are refused in linear time", () => {
  const deep = "[".repeat(5_000_000);
  const wide = `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":0`).join(",")},"k5":1}`;
  const started = workedMs();
  expect(codeOf(deep)).toBe("JSON_TOO_DEEP");
  expect(codeOf(wide)).toBe("JSON_DUPLICATE_KEY");
  expect(workedMs() - started).toBeLessThan(2_000);
});
