import { expect, test } from "vitest";
import { isLinkLocal, isLoopback, isThisMachine } from "./near-address.ts";

test.each(["localhost", "127.0.0.1", "127.200.0.9", "::1", "[::1]"])(
  "%s stays on this machine",
  (host) => expect(isThisMachine(host)).toBe(true),
);

test.each(["0.0.0.0", "::", "127.evil.example", "localhost.example", "10.0.0.1", "", "[::1"])(
  "%j may be heard elsewhere",
  (host) => expect(isThisMachine(host)).toBe(false),
);

test("the wildcard connects to loopback, and a zone does not hide a link", () => {
  for (const address of ["127.9.9.9", "0.0.0.0", "::1", "::"])
    expect(isLoopback(address)).toBe(true);
  expect(isLoopback("10.0.0.1")).toBe(false);
  for (const address of ["169.254.169.254", "fe80::1", "fe80::1%eth0", "fe90::1", "febf:ffff::1"])
    expect(isLinkLocal(address)).toBe(true);
  for (const address of ["10.0.0.1", "fec0::1"]) expect(isLinkLocal(address)).toBe(false);
});
