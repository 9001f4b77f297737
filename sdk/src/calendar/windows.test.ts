import { describe, expect, test } from "vitest";
import { isOpen, windowFault } from "./windows.ts";

const open = (window: Parameters<typeof isOpen>[0][number], time: string): boolean =>
  isOpen([window], new Date(time));

test("without windows it is always open", () => {
  expect(isOpen([], new Date())).toBe(true);
});

describe("a window", () => {
  test("holds its beginning and not its end", () => {
    const window = { from: "22:00", to: "23:30" };
    expect(
      ["21:59:59", "22:00:00", "23:29:59", "23:30:00"].map((time) =>
        open(window, `2026-11-22T${time}Z`),
      ),
    ).toEqual([false, true, true, false]);
  });

  test("may begin, and end, at midnight", () => {
    const opens = (from: string, to: string, times: readonly string[]): boolean[] =>
      times.map((time) => open({ from, to }, `2026-11-22T${time}:00Z`));
    expect(opens("00:00", "00:30", ["23:59", "00:00", "00:29", "00:30"])).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(opens("23:00", "00:00", ["22:59", "23:00", "23:59", "00:00"])).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test("past midnight belongs to the day on which it began", () => {
    const window = { from: "22:00", to: "04:00", days: ["sat"] as ["sat"] };
    expect(open(window, "2026-11-21T22:00:00Z")).toBe(true); // Saturday
    expect(open(window, "2026-11-21T21:59:59Z")).toBe(false);
    expect(open(window, "2026-11-22T03:59:00Z")).toBe(true); // Sunday morning
    expect(open(window, "2026-11-22T23:00:00Z")).toBe(false);
    expect(open(window, "2026-11-21T03:00:00Z")).toBe(false);
  });

  test("is in local time, summer and winter", () => {
    const window = { from: "02:00", to: "04:00", timeZone: "Europe/Berlin" };
    expect(open(window, "2026-01-15T01:30:00Z")).toBe(true);
    expect(open(window, "2026-07-15T01:30:00Z")).toBe(true);
    expect(open(window, "2026-07-15T02:30:00Z")).toBe(false);
    // In spring 02:00–03:00 does not exist: the window is an hour shorter.
    expect(
      ["00:59", "01:00", "01:59", "02:00"].map((time) => open(window, `2026-03-29T${time}:00Z`)),
    ).toEqual([false, true, true, false]);
    // In autumn it comes twice: the window is an hour longer.
    expect(
      ["23:59", "00:00", "01:00", "02:59", "03:00"].map((time, index) =>
        open(window, `2026-10-${index === 0 ? 24 : 25}T${time}:00Z`),
      ),
    ).toEqual([false, true, true, true, false]);
  });

  test("on the other side of the date line has its own day", () => {
    const window = {
      from: "00:00",
      to: "12:00",
      days: ["mon"] as ["mon"],
      timeZone: "Pacific/Kiritimati",
    };
    expect(open(window, "2026-11-22T12:00:00Z")).toBe(true); // Monday 02:00 there
  });
});

test.each([
  [{ from: "10:00", to: "10:00" }, "begins and ends at 10:00"],
  [
    { from: "10:00", to: "11:00", timeZone: "Mars/Olympus" },
    "is in time zone Mars/Olympus, which is not in the IANA list",
  ],
  [{ from: "23:00", to: "01:00", timeZone: "Europe/Berlin" }, undefined],
])("why a window never opens: %o", (window, fault) => {
  expect(windowFault(window)).toBe(fault);
});
