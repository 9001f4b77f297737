import { expect, test } from "vitest";
import { sha256Hex } from "./digest.ts";

test("SHA-256 as documents write it (FIPS 180-4, example B.1)", () => {
  expect(sha256Hex(Buffer.from("abc"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
