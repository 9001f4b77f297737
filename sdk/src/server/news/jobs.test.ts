import { expect, test } from "vitest";
import type { ClaimedJob } from "../../ledger/index.ts";
import { newsOf } from "./jobs.ts";

const recipients = Array.from({ length: 300 }, (_, at) => ({ agent: `till-${at}`, address: "" }));
const job = { deployment: { id: "d" }, wave: 1, transport: "email", recipients };
const done = {
  at: new Date("2026-11-22T12:00:00Z"),
  took: { seconds: 2, sendingSeconds: 1 },
  isBooked: true,
  outcomes: recipients.map(({ agent }, at) => ({
    agent,
    outcome: at % 3 === 0 ? ("rejected" as const) : ("accepted" as const),
    detail: at % 3 === 0 ? "550 nobody" : "250 ok",
  })),
};

test("who fared alike is told of together, a hundred at a time, everybody once", () => {
  const [first, ...sent] = newsOf(job as unknown as ClaimedJob, done);
  expect(first).toMatchObject({ event: "job", recipients: 300, outcome: "booked" });
  const told = sent.map((event) =>
    event.event === "sent" ? [event.outcome, event.detail, event.agents.length] : [],
  );
  expect(told).toEqual([
    ["rejected", "550 nobody", 100],
    ["accepted", "250 ok", 100],
    ["accepted", "250 ok", 100],
  ]);
  const agents = sent.flatMap((event) => (event.event === "sent" ? event.agents : []));
  expect(new Set(agents).size).toBe(300);
});

test("of a lost job nobody's outcome is told", () => {
  const news = newsOf(job as unknown as ClaimedJob, { ...done, isBooked: false });
  expect(news).toMatchObject([{ event: "job", outcome: "lost" }]);
});
