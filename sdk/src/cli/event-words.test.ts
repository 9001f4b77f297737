import { expect, test } from "vitest";
import type { ServerEvent } from "../server/index.ts";
import { levelOf, sentenceOf } from "./event-words.ts";

const at = "2026-11-22T12:00:00Z";
const job = { at, deployment: "d-1", wave: 0, transport: "email" };

const receipt = { event: "receipt", at, deployment: "d-1", agent: "till-1" } as const;

test("what somebody has to look at is a warning, with the reason", () => {
  const lost = { ...receipt, state: "rolledBack", receipt: '{"code":"HEALTH_FAILED"}' } as const;
  expect(sentenceOf(lost)).toBe("till-1 reported: rolledBack, HEALTH_FAILED.");
  const step = { event: "deployment", at, deployment: "d-1", reason: "" } as const;
  expect([lost, { ...step, kind: "paused" } as const].map(levelOf)).toEqual(["warn", "warn"]);
  const sent = { event: "sent", ...job, agents: ["till-1"], detail: "" } as const;
  expect(
    (["accepted", "deferred", "rejected"] as const).map((outcome) => levelOf({ ...sent, outcome })),
  ).toEqual(["debug", "info", "warn"]);
  const came = { event: "message", at, kind: "receipt", via: "email", verdict: "refused" } as const;
  const levelOfCode = (code: "REPLAYED" | "SIGNATURE_INVALID" | "RECEIPTS_TOO_MANY"): string =>
    levelOf({ ...came, sha256: "0".repeat(64), bytes: 1, code });
  expect([levelOfCode("REPLAYED"), levelOfCode("SIGNATURE_INVALID")]).toEqual(["info", "warn"]);
  expect(levelOfCode("RECEIPTS_TOO_MANY")).toBe("debug"); // the flood was said before, as one
  expect([
    levelOf({ ...receipt, state: "installed", receipt: "{}" }),
    levelOf({ ...step, kind: "finished" }),
  ]).toEqual(["info", "info"]);
});

test.each<[ServerEvent, string]>([
  [
    {
      event: "message",
      at,
      kind: "trigger",
      via: "http",
      verdict: "refused",
      sha256: "0".repeat(64),
      bytes: 1,
      code: "EXPIRED",
    },
    "A trigger was refused: EXPIRED.",
  ],
  [
    { event: "sent", ...job, agents: ["till-1"], outcome: "rejected", detail: "no such user" },
    "till-1 could not be told by email.",
  ],
  [
    { event: "sent", ...job, agents: ["a", "b", "c", "d", "e"], outcome: "accepted", detail: "" },
    "a, b, c and 2 more were told by email.",
  ],
  [
    { event: "job", ...job, recipients: 500, seconds: 1, sendingSeconds: 1, outcome: "booked" },
    "A job for 500 by email was done.",
  ],
  [
    { event: "receipt", at, deployment: "d-1", agent: "till-1", state: "installed", receipt: "" },
    "till-1 reported: installed.",
  ],
  [
    { event: "deployment", at, deployment: "d-1", kind: "paused", reason: "hall 2 reports errors" },
    "Deployment paused: hall 2 reports errors",
  ],
])("%j", (event, sentence) => {
  expect(sentenceOf(event)).toBe(sentence);
});
