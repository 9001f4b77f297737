import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathKey, pathProblem } from "./path.ts";

/** 1024 characters, in parts that are no fault by themselves. */
const longest = Array.from({ length: 5 }, () => "a".repeat(204)).join("/");

test.each([
  "a",
  "a/b/c.txt",
  ".env",
  "..a/b..c",
  "spaces are fine.txt",
  "caf\u00e9/\u65e5\u672c",
  "it's %PATH% `id` $(id) -rf",
  "console.log",
  "nul-terminated",
  "com10",
  "a".repeat(255),
  `${"a/".repeat(63)}a`,
  longest,
])("%s is allowed", (path) => {
  expect(pathProblem(path)).toBeUndefined();
});

test.each([
  "",
  "/a",
  "a/",
  "a//b",
  ".",
  "..",
  "a/../b",
  "a/./b",
  "a\\b",
  "C:/a",
  "a:b",
  "a\0b",
  "a\nb",
  "a\u007fb",
  'a"b',
  "a*b",
  "a?b",
  "a<b",
  "a>b",
  "a|b",
  "a.",
  "a ",
  " a",
  "a./b",
  "a\u200bb",
  "a\ufe0f",
  "a\u{e0101}",
  "a\u034f",
  "a\u202eb",
  "a\ufeffb",
  "a\ud800b",
  "e\u0301",
  "CON",
  "con.txt",
  "lib/Aux.js",
  "NUL ",
  "com1",
  "LPT9.log",
  "com\u00b9",
  "CONIN$",
  "a".repeat(256),
  "\u00e9".repeat(128),
  `${"a/".repeat(600)}a`,
  `${"a/".repeat(64)}a`,
  `${longest}a`,
])("%j is not", (path) => {
  expect(pathProblem(path)).toBeDefined();
});

describe("keys", () => {
  test.each([
    ["File.TXT", "file.txt"],
    ["STRASSE", "stra\u00dfe"],
    ["caf\u00e9", "cafe\u0301"],
    ["\u03a3", "\u03c2"],
    ["\u212a", "k"],
    ["\u1e9e", "\u00df"],
  ])("%s and %s are one file somewhere", (left, right) => {
    expect(pathKey(left)).toBe(pathKey(right));
  });

  test("whatever the path, its key is that of its other spellings", () => {
    const letter = fc.constantFrom(
      ...Array.from("aZ/.\u00e9\u00df\u1e9e\u03c3\u03c2\u0130\u0131\u212a\ufb01\u01c5\u0301\ud55c"),
    );
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 6 }), (letters) => {
        const path = letters.join("");
        const key = pathKey(path);
        for (const form of ["NFC", "NFD"]) {
          const spelling = path.normalize(form);
          expect(pathKey(spelling)).toBe(key);
          expect(pathKey(spelling.toUpperCase())).toBe(key);
          expect(pathKey(spelling.toLowerCase())).toBe(key);
        }
        expect(pathKey(key)).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });
});

test("whatever is allowed stays below its folder on every system", () => {
  const piece = fc.constantFrom(
    "a",
    "B",
    ".",
    "..",
    "/",
    "\\",
    ":",
    " ",
    "\0",
    "\u00e9",
    "con",
    "\u200b",
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
      const path = pieces.join("");
      if (pathProblem(path) !== undefined) return;
      const parts = path.split("/");
      expect(parts.every((part) => part !== "" && part !== "." && part !== "..")).toBe(true);
      expect(path).not.toMatch(/[\\:\0\u200b]/);
    }),
  );
});
