import { expect, test } from "vitest";
import { OctetReader } from "./octets.ts";

const read = (hex: string): OctetReader =>
  new OctetReader(Buffer.from(hex, "hex"), "SIGNATURE_MALFORMED");
const malformed = expect.objectContaining({ code: "SIGNATURE_MALFORMED" });

test("numbers are big-endian and never negative (RFC 9580 3.1)", () => {
  expect(read("ff").number(1)).toBe(255);
  expect(read("0102").number(2)).toBe(258);
  expect(read("ffffffff").number(4)).toBe(4_294_967_295);
  expect(() => read("01").number(2)).toThrow(malformed);
});

test("octets are taken in order, never more than there are", () => {
  const reader = read("010203");
  expect([...reader.take(2)]).toEqual([1, 2]);
  expect([reader.position, reader.left]).toEqual([2, 1]);
  expect([...reader.take(0)]).toEqual([]);
  expect(() => reader.take(2)).toThrow(malformed);
  expect(() => reader.end()).toThrow(malformed);
  reader.take(1);
  reader.end();
});

test.for<[string, string]>([
  ["0000", ""],
  ["000101", "01"],
  ["0008ff", "ff"],
  ["00090180", "0180"],
  ["0010ffff", "ffff"],
])("the integer %s (RFC 9580 3.2)", ([written, value]) => {
  const reader = read(written);
  expect(Buffer.from(reader.integer()).toString("hex")).toBe(value);
  reader.end();
});

test.for(["000100", "000103", "000801", "000900ff", "000903ff", "0010ff", "00", ""])(
  "what is no integer: %s",
  (written) => {
    expect(() => read(written).integer()).toThrow(malformed);
  },
);

test("an integer is filled up on its left, and never cut", () => {
  expect([...read("000101").paddedInteger(3)]).toEqual([0, 0, 1]);
  expect([...read("0000").paddedInteger(2)]).toEqual([0, 0]);
  expect([...read("0010ffff").paddedInteger(2)]).toEqual([255, 255]);
  expect(() => read("0010ffff").paddedInteger(1)).toThrow(malformed);
});

test("a refusal says what is refused", () => {
  expect(() => read("").number(1)).toThrow(/^The signature is not accepted: it ends too early\./);
  const key = new OctetReader(new Uint8Array(), "KEY_REFUSED");
  expect(() => key.number(1)).toThrow(/^The key is not accepted: it ends too early\./);
});
