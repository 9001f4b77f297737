import { expect, test } from "vitest";
import { Simulator } from "../../../test/support/simulator.ts";
import { encodeEnvelope } from "../../messages/index.ts";
import { carriedTrust, trustShelf, type ShelvedTrust } from "./trust-shelf.ts";

/** A shelf with documents of these lengths, from this version on. */
function shelfOf(from: number, ...lengths: readonly number[]): { list(): ShelvedTrust[] } {
  const shelved = lengths.map((length, at) => ({
    version: from + at,
    envelope: new Uint8Array(length),
  }));
  return { list: () => shelved };
}

function lengthsOf(shelf: { list(): ShelvedTrust[] }): number[] {
  return carriedTrust(shelf).map(({ length }) => length);
}

test("all but the first version are carried, oldest first", async () => {
  const vendor = await Simulator.start();
  const shelf = trustShelf(vendor.client({ to: 1 }), []);
  expect(carriedTrust(shelf)).toEqual([]);
  const [second, third] = [await vendor.publishTrust(), await vendor.publishTrust()];
  shelf.put(third);
  shelf.put(second);
  expect(carriedTrust(shelf)).toEqual([encodeEnvelope(second), encodeEnvelope(third)]);
  expect(lengthsOf(shelfOf(7, 10, 11))).toEqual([10, 11]);
});

test("so far back as half a megabyte reaches: what is carried always leads to the last", () => {
  expect(lengthsOf(shelfOf(2, 1, 200_000, 312_000))).toEqual([200_000, 312_000]);
  expect(lengthsOf(shelfOf(2, 1, 200_001, 312_000))).toEqual([312_000]);
  expect(lengthsOf(shelfOf(2, 1, 512_000))).toEqual([512_000]);
});
