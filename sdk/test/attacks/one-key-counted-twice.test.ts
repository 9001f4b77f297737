/** THREATS S2: one person signs twice, with one key or with two subkeys, where two persons must sign. */
import { expect, test } from "vitest";
import { sealText } from "../../src/messages/index.ts";
import { joinSignatures } from "../../src/signing/index.ts";
import type { TestKey } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

type Signatures = (bytes: Uint8Array, keys: readonly TestKey[]) => Promise<string[]>;

/** The verdict on a release that two of these must sign. */
async function releasedBy(
  keys: (vendor: Simulator) => TestKey[],
  signatures: Signatures,
): Promise<string> {
  const vendor = await Simulator.start();
  const holders = keys(vendor);
  vendor.assign("release", holders, 2);
  await vendor.publishTrust();
  const { manifest } = await vendor.deploy();
  const { text, bytes } = manifest;
  const signed = sealText("manifest/1", text, await signatures(bytes, holders));
  return verdictOf(() => vendor.client().verifyManifest(signed));
}

const annAndBob = (vendor: Simulator): TestKey[] => [vendor.key("Ann"), vendor.key("Bob")];

/** Signatures of the holders with these numbers. */
const by =
  (...numbers: readonly number[]): Signatures =>
  (bytes, keys) =>
    Promise.all(numbers.map((number) => keys[number]!.source.sign(bytes)));

test("S2 two signatures of one key, threshold 2: refused (TUF test_duplicate_sig_keyids)", async () => {
  expect(await releasedBy(annAndBob, by(0, 1))).toBe("accepted");
  expect(await releasedBy(annAndBob, by(0, 0))).toBe("THRESHOLD_NOT_MET");
  expect(await releasedBy(annAndBob, by(...Array.from({ length: 16 }, () => 1)))).toBe(
    "THRESHOLD_NOT_MET",
  );
});

test("S2 one signature in two blocks, or in one twice, is still one", async () => {
  const copied: Signatures = async (bytes, keys) => {
    const [one = ""] = await by(0)(bytes, keys);
    return [joinSignatures([one]), one, one.replaceAll("\n", "\r\n")];
  };
  expect(await releasedBy(annAndBob, copied)).toBe("THRESHOLD_NOT_MET");
});

test("S2 two subkeys of one primary are one person", async () => {
  const primary = "F".repeat(40);
  const holders = (vendor: Simulator): TestKey[] => [
    vendor.key("Ann's token", { primary }),
    vendor.key("Ann's laptop", { primary }),
    vendor.key("Bob"),
  ];
  expect(await releasedBy(holders, by(0, 1))).toBe("THRESHOLD_NOT_MET");
  expect(await releasedBy(holders, by(1, 2))).toBe("accepted");
});

test("S2 one key listed twice, as two persons, is refused (TUF test_duplicate_keys)", async () => {
  const twins = (vendor: Simulator): TestKey[] => {
    const ann = vendor.key("Ann");
    const twin = { ...ann, trusted: { ...ann.trusted, owner: "Bob", primary: "F".repeat(40) } };
    vendor.trust.keys.push(ann.trusted, twin.trusted);
    return [ann, twin, vendor.key("Carol")];
  };
  expect(await releasedBy(twins, by(0, 1))).toBe("DOCUMENT_INVALID");
});
