import { expect, test } from "vitest";
import { validateTrust } from "../../schema/index.ts";
import { isPlainName, showUserId } from "./user-id.ts";

test("what may stand in a trust document is what its schema allows", () => {
  const role = { keys: ["0".repeat(40)], threshold: 1 };
  const isAllowed = (owner: string): boolean =>
    validateTrust({
      type: "trust/1",
      version: 1,
      issuedAt: "2026-01-01T00:00:00Z",
      expiresAt: "2027-01-01T00:00:00Z",
      keys: [
        {
          fingerprint: "0".repeat(40),
          primary: "0".repeat(40),
          owner,
          notAfter: "2027-01-01T00:00:00Z",
          packet: "AAAA",
        },
      ],
      roles: { root: role, server: role, release: [], push: [] },
    });
  expect(isAllowed("plain")).toBe(true);
  const ranges = [
    [0, 0x3_0000],
    [0xe_0000, 0xe_1001], // between them and after them nothing is assigned or all is private use
  ] as const;
  for (const [first, end] of ranges)
    for (let code = first; code < end; code++) {
      const name = `a${String.fromCodePoint(code)}b`;
      if (isPlainName(name) !== isAllowed(name)) expect.fail(`U+${code.toString(16)} differs`);
    }
  for (const invisible of ["\u034f", "\u3164", "\uffa0", "\ufe0f", "\u{e0041}", "\u{e0101}"])
    expect(isPlainName(`a${invisible}`)).toBe(false);
  expect(isPlainName("Zoë Müller (Entwicklung) <zoe@example.org>")).toBe(true);
  expect(isPlainName("")).toBe(false);
  expect(isPlainName("\u202ea")).toBe(false);
  expect([isPlainName("a".repeat(2000)), isPlainName("a".repeat(2001))]).toEqual([true, false]);
});

test("a person is shown no control characters", () => {
  expect(showUserId("a\u001b[2Jb\n\u202ec")).toBe("a\ufffd[2Jb\ufffd\ufffdc");
  expect(showUserId("x".repeat(5000))).toHaveLength(2000);
});
