import { expect, test } from "vitest";
import type { LogLevel } from "../../ports/index.ts";
import { saidOnce } from "./said-once.ts";

test("what is waited for is said once an hour, errors each time", () => {
  let now = Date.parse("2026-11-22T03:00:00Z");
  const said: string[] = [];
  const log = saidOnce(
    { log: (level: LogLevel, message: string) => void said.push(`${level} ${message}`) },
    { now: () => new Date(now) },
  );
  const waits = (): void => log.log("warn", "The disk is full.");
  waits();
  log.log("info", "The disk is full.");
  now += 3_599_999;
  waits();
  now += 1;
  waits();
  now -= 7 * 86_400_000; // a clock that is set back silences nothing
  waits();
  log.log("error", "It broke.");
  log.log("error", "It broke.");
  expect(said).toEqual([
    "warn The disk is full.",
    "debug The disk is full.",
    "debug The disk is full.",
    "warn The disk is full.",
    "warn The disk is full.",
    "error It broke.",
    "error It broke.",
  ]);
});

test("however much is said, little is remembered", () => {
  const said: string[] = [];
  const log = saidOnce(
    { log: (level: LogLevel, message: string) => void (level === "info" && said.push(message)) },
    { now: () => new Date(0) },
  );
  const numbers = Array.from({ length: 65 }, (_, number) => String(number));
  for (const number of [...numbers, "0", "64"]) log.log("info", number);
  expect(said).toEqual([...numbers, "0"]);
});
