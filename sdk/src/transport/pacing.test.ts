import { expect, test } from "vitest";
import { nextPauseMs, pause } from "./pacing.ts";

test("who has been told to stop does not wait", async () => {
  await pause(1e9, AbortSignal.abort());
  const stop = new AbortController();
  const waiting = pause(1e9, stop.signal);
  stop.abort();
  await waiting;
});

test.each([
  ["the usual pause", 0, 0.5, 1000],
  ["at its shortest", 0, 0, 800],
  ["at its longest", 0, 1, 1200],
  ["doubled for every fault in a row", 3, 0.5, 8000],
  ["no longer than ten times the usual", 4, 0.5, 10_000],
])("%s", (_, faults, random, expected) => {
  expect(nextPauseMs({ pollMs: 1000, random: () => random }, faults)).toBeCloseTo(expected);
});

test("a longest pause below the usual one makes that no shorter", () => {
  const pacing = { pollMs: 1000, maxBackoffMs: 10, random: () => 0.5 };
  expect([nextPauseMs(pacing, 0), nextPauseMs(pacing, 9)]).toEqual([1000, 1000]);
  expect(nextPauseMs({ pollMs: 0 }, 5000)).toBe(0);
});
