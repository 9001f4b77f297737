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
  for (let code = 0; code < 0x1_0000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const name = `a${String.fromCharCode(code)}b`;
    // Ours may be stricter, never looser.
    if (isPlainName(name) && !isAllowed(name)) expect.fail(`U+${code.toString(16)} gets through`);
  }
  expect(isPlainName("Zoë Müller (Entwicklung) <zoe@example.org>")).toBe(true);
  expect(isPlainName("")).toBe(false);
  expect(isPlainName("\u202ea")).toBe(false);
  expect([isPlainName("a".repeat(2000)), isPlainName("a".repeat(2001))]).toEqual([true, false]);
});

test("a person is shown no control characters", () => {
  expect(showUserId("a\u001b[2Jb\n\u202ec")).toBe("a\ufffd[2Jb\ufffd\ufffdc");
  expect(showUserId("x".repeat(5000))).toHaveLength(2000);
});
