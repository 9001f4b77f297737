import { expect, test } from "vitest";
import type { ServerEvent } from "../server/index.ts";
import { sentenceOf } from "./event-words.ts";

const at = "2026-11-22T12:00:00Z";
const job = { at, deployment: "d-1", wave: 0, transport: "email" };

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
