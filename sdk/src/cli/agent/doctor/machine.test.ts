import { expect, test } from "vitest";
import { judgePrivacy } from "./machine.ts";

test("A3 a folder is called private only where that was looked at", () => {
  expect(judgePrivacy("data directory", "/data", "linux")).toMatchObject({ verdict: "good" });
  expect(judgePrivacy("data directory", String.raw`C:\data`, "win32")).toMatchObject({
    verdict: "doubtful",
    remedy: expect.stringContaining("icacls"),
  });
});
