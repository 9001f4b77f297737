/** TUF's conformance suite, `test_basic.py`, by its names. Timestamp and snapshot are our catalog, targets our releases. */
import { expect, test } from "vitest";
import { TrustSet } from "../../src/trust/index.ts";
import { verdictOf } from "../support/refusal.ts";
import { seal, sealAs, Simulator } from "../support/simulator.ts";

const byHttp = { transport: "http" };

test("test_basic_init_and_refresh", async () => {
  const vendor = await Simulator.start();
  const deployment = await vendor.deploy();
  const catalog = await vendor.catalog([deployment]);
  const client = vendor.client();
  expect(client.verifyCatalog(catalog, byHttp)).toMatchObject({
    standing: "new",
    current: [{ name: "demo-app", version: "1.0.0" }],
    fallen: [],
    missing: [],
  });
  expect(client.verifyNotification(deployment.notification)).toMatchObject({ standing: "new" });
  expect(client.document.version).toBe(1);
});

test("test_timestamp_content_changes, test_timestamp_eq_versions_check: other content under one sequence", async () => {
  const vendor = await Simulator.start();
  const deployment = await vendor.deploy();
  const client = vendor.client();
  client.verifyCatalog(await vendor.catalog([deployment], { sequence: 5 }), byHttp);
  const { memory } = client;
  const changed = await vendor.catalog([deployment], { sequence: 5, trustVersion: 100 });
  expect(verdictOf(() => client.verifyCatalog(changed, byHttp))).toBe("EQUIVOCATION");
  expect(client.memory).toBe(memory);
});

test("test_new_targets_hash_mismatch", async () => {
  const vendor = await Simulator.start();
  const { trigger } = await vendor.deploy();
  const otherFiles = { description: "not what was ordered" };
  const manifest = await seal(
    "manifest/1",
    vendor.manifest("demo-app", "1.0.0", otherFiles),
    vendor.signers.release,
  );
  const notification = await vendor.announce({ trigger, manifest });
  expect(verdictOf(() => vendor.client().verifyNotification(notification))).toBe(
    "MANIFEST_MISMATCH",
  );
});

test("test_new_targets_version_mismatch", async () => {
  const vendor = await Simulator.start();
  const { manifest } = await vendor.deploy();
  const order = vendor.trigger(manifest);
  for (const change of [{ version: "2.0.0" }, { name: "demo-api" }]) {
    const trigger = await seal(
      "trigger/1",
      { ...order, package: { ...order.package, ...change } },
      vendor.signers.push,
    );
    const notification = await vendor.announce({ trigger, manifest });
    expect(verdictOf(() => vendor.client().verifyNotification(notification))).toBe(
      "MANIFEST_MISMATCH",
    );
  }
});

test("test_invalid_initial_root", async () => {
  const vendor = await Simulator.start();
  const { version: _, ...rest } = vendor.trust;
  const broken = await sealAs("trust/1", JSON.stringify(rest), vendor.signers.root);
  expect(verdictOf(() => TrustSet.open(broken, { now: vendor.now }))).toBe("DOCUMENT_INVALID");
});

test("test_unsigned_initial_root", async () => {
  const vendor = await Simulator.start();
  const pinned = vendor.published[0]!;
  const { root, server } = vendor.signers;
  const foreign = await sealAs("trust/1", `${pinned.text} `, root);
  const attempts = [
    { ...pinned, signatures: [] },
    { ...pinned, signatures: foreign.signatures },
    await sealAs("trust/1", pinned.text, server),
    await sealAs("trust/1", pinned.text, [vendor.key("nobody")]),
  ];
  const verdicts = attempts.map((sealed) =>
    verdictOf(() => TrustSet.open(sealed, { now: vendor.now })),
  );
  expect(verdicts).toEqual(["SIGNATURE_MISSING", "SIGNATURE_INVALID", "KEY_ROLE", "KEY_UNKNOWN"]);
});

test("test_custom_fields: we are stricter, an unknown member is refused", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const next = { ...vendor.trust, version: 2, "custom-field": "value" };
  const sealed = await sealAs("trust/1", JSON.stringify(next), vendor.signers.root);
  expect(verdictOf(() => client.update(sealed))).toBe("DOCUMENT_INVALID");
  expect(client.document.version).toBe(1);
});
