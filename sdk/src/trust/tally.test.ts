import { expect, test } from "vitest";
import { verdictOf } from "../../test/support/refusal.ts";
import { sealAs, seal, Simulator } from "../../test/support/simulator.ts";
import { inEnglish } from "../errors/index.ts";
import type { Tally } from "./tally.ts";
import { tallySignatures } from "./tally.ts";

const told = (tallies: readonly Tally[]): string[] =>
  tallies.map(
    ({ role, needed, signed }) =>
      `${inEnglish(role)}: ${signed.map(({ owner }) => owner).join(" ")} of ${needed}`,
  );

test("a two-person release fills up; one person twice is one", async () => {
  const vendor = await Simulator.start();
  const [ada, bob, eve] = [vendor.key("ada"), vendor.key("bob"), vendor.key("eve")];
  vendor.assign("release", [ada, bob], 2);
  vendor.list(eve);
  await vendor.publishTrust();
  const { document } = vendor.client();
  const text = JSON.stringify(vendor.manifest("demo-app", "1.0.0"));
  const tally = async (...keys: Parameters<typeof sealAs>[2][number][]): Promise<string[]> =>
    told(tallySignatures(document, await sealAs("manifest/1", text, keys), vendor.now));
  expect(await tally()).toEqual(["release of demo-app:  of 2"]);
  expect(await tally(ada, ada)).toEqual(["release of demo-app: ada of 2"]);
  expect(await tally(ada, eve)).toEqual(["release of demo-app: ada of 2"]);
  expect(await tally(bob, ada)).toEqual(["release of demo-app: bob ada of 2"]);
});

test("a new trust document takes the old root and the new one", async () => {
  const vendor = await Simulator.start();
  const [old] = vendor.signers.root;
  const { document } = vendor.client();
  const next = vendor.key("next");
  vendor.assign("root", [next]);
  const half = await vendor.publishTrust([next]);
  expect(told(tallySignatures(document, half, vendor.now))).toEqual([
    "root of version 1:  of 1",
    "root of version 2: next of 1",
  ]);
  const whole = await sealAs("trust/1", half.text, [old!, next]);
  expect(told(tallySignatures(document, whole, vendor.now))).toEqual([
    "root of version 1: root of 1",
    "root of version 2: next of 1",
  ]);
  const [first] = vendor.published;
  expect(told(tallySignatures(document, first!, vendor.now))).toEqual([
    "root of version 1: root of 1",
  ]);
});

test("a trigger takes every role that its audience takes, the server's documents theirs, others none", async () => {
  const vendor = await Simulator.start();
  const { trigger, notification } = await vendor.deploy();
  const { document } = vendor.client();
  expect(told(tallySignatures(document, trigger, vendor.now))).toEqual([
    "push to tills: push of 1",
  ]);
  expect(told(tallySignatures(document, notification, vendor.now))).toEqual([
    "server: server of 1",
  ]);
  expect(told(tallySignatures(document, await vendor.catalog([]), vendor.now))).toEqual([
    "server: server of 1",
  ]);
  expect(tallySignatures(document, await vendor.control("halt"), vendor.now)).toEqual([]);
});

test("revoked keys do not count, unreadable documents are refused", async () => {
  const vendor = await Simulator.start();
  const [ada, bob] = [vendor.key("ada"), vendor.key("bob")];
  vendor.assign("release", [ada, bob], 1);
  vendor.trust.revoked = { keys: [ada.trusted.fingerprint] };
  await vendor.publishTrust();
  const { document } = vendor.client();
  const manifest = await seal("manifest/1", vendor.manifest("demo-app", "1.0.0"), [ada, bob]);
  expect(told(tallySignatures(document, manifest, vendor.now))).toEqual([
    "release of demo-app: bob of 1",
  ]);
  expect(verdictOf(() => tallySignatures(document, { ...manifest, text: "{" }, vendor.now))).toBe(
    "JSON_SYNTAX",
  );
});
