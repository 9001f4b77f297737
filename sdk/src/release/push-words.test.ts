import { expect, test } from "vitest";
import { parseWave, parseWindow } from "./push-words.ts";

test.each([
  ["22:00-04:00", { from: "22:00", to: "04:00" }],
  [
    "mon-wed 22:00-04:00 Europe/Berlin",
    { days: ["mon", "tue", "wed"], from: "22:00", to: "04:00", timeZone: "Europe/Berlin" },
  ],
  ["SAT-MON,fri 01:00-02:30", { days: ["sat", "sun", "mon", "fri"], from: "01:00", to: "02:30" }],
])("the window %s", (text, window) => {
  expect(parseWindow(text)).toEqual(window);
});

test("a time zone stands in where none is named", () => {
  expect(parseWindow("22:00-04:00", "Asia/Tokyo")).toMatchObject({ timeZone: "Asia/Tokyo" });
});

test.each([
  ["", /is no window/],
  ["noon", /is no window/],
  ["24:00-04:00", /is no window/],
  ["xyz 22:00-04:00", /is no window/],
  ["22:00-22:00", /begins and ends at 22:00/],
  ["22:00-23:00 Mars/Olympus", /Mars\/Olympus/],
])("no window: %s", (text, fault) => {
  expect(() => parseWindow(text)).toThrow(fault);
});

test.each([
  ["5%", { share: 5 }],
  ["12.5 %", { share: 12.5 }],
  ["hall-2", { group: "hall-2" }],
])("the wave %s", (text, wave) => {
  expect(parseWave(text)).toEqual(wave);
});

test.each(["", "0%", "101%", "-5%", "two words"])("no wave: %s", (text) => {
  expect(() => parseWave(text)).toThrow(/is no wave/);
});
