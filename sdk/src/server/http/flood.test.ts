import { expect, test } from "vitest";
import { floodGate } from "./flood.ts";

let nowMs = 0;
const clock = { now: () => new Date(nowMs) };

test("an address is heard until its refusals have emptied the bucket, and again as it fills", () => {
  nowMs = 0;
  const gate = floodGate(clock, { burst: 3, perMinute: 60 });
  for (let turn = 0; turn < 3; turn++) {
    expect(gate.waitSeconds("a")).toBe(0);
    gate.charge("a");
  }
  expect(gate.waitSeconds("a")).toBe(1);
  expect(gate.waitSeconds("b")).toBe(0);
  nowMs = 1000;
  expect(gate.waitSeconds("a")).toBe(0);
  gate.charge("a");
  expect(gate.waitSeconds("a")).toBe(1);
  nowMs = 1_000_000;
  for (let turn = 0; turn < 3; turn++) gate.charge("a");
  expect(gate.waitSeconds("a")).toBe(1);
});

test("a clock that goes back gives nothing and takes nothing", () => {
  nowMs = 10_000;
  const gate = floodGate(clock, { burst: 1, perMinute: 60 });
  gate.charge("a");
  nowMs = 0;
  expect(gate.waitSeconds("a")).toBe(1);
});

test("it remembers a bounded number of addresses", () => {
  nowMs = 0;
  const gate = floodGate(clock, { burst: 1, perMinute: 1 });
  for (let address = 0; address <= 10_000; address++) gate.charge(String(address));
  expect(gate.waitSeconds("0")).toBe(0); // forgotten
  expect(gate.waitSeconds("1")).toBe(60);
  expect(gate.waitSeconds("10000")).toBe(60);
});

test.each([
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::1", true],
  ["2001:0db8:0001:0002::", "2001:DB8:1:2:ffff:ffff:ffff:ffff", true],
  ["2001:db8::1", "2001:db8:0:0:9::", true],
  ["fe80::1%eth0", "fe80::2%eth0", true],
  ["::1", "::2", true],
  ["1:2::3:4:5:6:7", "1:2:0:3::", true],
  ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
  ["2001:db8::1", "2001:db8:0:1::1", false],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.2", false],
  ["192.0.2.1", "192.0.2.2", false],
])("%s and %s share a bucket: %s", (one, other, isShared) => {
  const gate = floodGate(clock, { burst: 1, perMinute: 1 });
  gate.charge(one);
  expect(gate.waitSeconds(other) > 0).toBe(isShared);
});
