/** TUF's conformance suite, `test_keys.py`, and python-tuf's duplicate signatures, by their names; snapshot is `server`. */
import { expect, test } from "vitest";
import { verdictOf } from "../support/refusal.ts";
import { seal, sealAs, Simulator } from "../support/simulator.ts";

const byHttp = { transport: "http" };

test("test_root_has_keys_but_not_snapshot: listed keys count only where they are in the role", async () => {
  const vendor = await Simulator.start();
  const servers = [1, 2, 3, 4].map((index) => vendor.key(`server ${index}`));
  vendor.assign("server", servers.slice(0, 3), 3);
  vendor.list(servers[3]!);
  await vendor.publishTrust();
  const client = vendor.client();
  const few = await vendor.catalog([], {}, [servers[0]!, servers[1]!, servers[3]!]);
  expect(verdictOf(() => client.verifyCatalog(few, byHttp))).toBe("THRESHOLD_NOT_MET");
  const outsider = await vendor.catalog([], {}, [servers[3]!]);
  expect(verdictOf(() => client.verifyCatalog(outsider, byHttp))).toBe("KEY_ROLE");
  const enough = await vendor.catalog([], {}, servers);
  expect(client.verifyCatalog(enough, byHttp).signers).toHaveLength(3);
});

test("test_wrong_hashing_algorithm: we are stricter, an unknown member of a key is refused", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const [key, ...others] = vendor.trust.keys;
  const next = {
    ...vendor.trust,
    version: 2,
    keys: [{ ...key, keyid_hash_algorithms: ["md5"] }, ...others],
  };
  const sealed = await sealAs("trust/1", JSON.stringify(next), vendor.signers.root);
  expect(verdictOf(() => client.update(sealed))).toBe("DOCUMENT_INVALID");
});

test("test_snapshot_threshold: we are stricter, a threshold that nobody can reach is refused at once", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  vendor.assign(
    "server",
    [1, 2, 3, 4, 5].map((index) => vendor.key(`server ${index}`)),
    6,
  );
  const sealed = await vendor.publishTrust();
  expect(() => client.update(sealed)).toThrow(
    expect.objectContaining({ code: "DOCUMENT_INVALID", pointer: "/roles/server/threshold" }),
  );
  expect(client.document.version).toBe(1);
});

test("test_duplicate_keys_root: one key several times in the list", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const twice = vendor.key("server 2");
  vendor.assign("server", [twice]);
  vendor.trust.keys.push({ ...twice.trusted, primary: "A".repeat(40) });
  const sealed = await vendor.publishTrust();
  expect(verdictOf(() => client.update(sealed))).toBe("DOCUMENT_INVALID");
});

test("test_duplicate_keys_root: one key under another date, so with another fingerprint", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const one = vendor.key("Ada");
  const packet = Buffer.from(one.trusted.packet, "base64");
  packet.writeUInt32BE(packet.readUInt32BE(1) + 1, 1);
  const { fingerprintOf } = await import("../../src/signing/index.ts");
  const fingerprint = fingerprintOf(packet);
  const twin = {
    ...one.trusted,
    fingerprint,
    primary: fingerprint,
    owner: "Bob",
    packet: packet.toString("base64"),
  };
  vendor.assign("server", [one, { ...one, trusted: twin }], 2);
  const sealed = await vendor.publishTrust();
  expect(() => client.update(sealed)).toThrow(/another person has already/);
});

test("a packet that is not the key that its entry names is refused", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  vendor.trust.keys[0] = { ...vendor.trust.keys[0]!, packet: vendor.key("other").trusted.packet };
  const sealed = await vendor.publishTrust();
  expect(verdictOf(() => client.update(sealed))).toBe("DOCUMENT_INVALID");
});

test("test_duplicate_sig_keyids: one key signing twice is one person", async () => {
  const vendor = await Simulator.start();
  const [ada, bob] = [vendor.key("Ada"), vendor.key("Bob")];
  vendor.assign("release", [ada, bob], 2);
  await vendor.publishTrust();
  const client = vendor.client();
  const twice = await seal("manifest/1", vendor.manifest("demo-app", "1.0.0"), [ada, ada]);
  expect(twice.signatures).toHaveLength(2);
  expect(verdictOf(() => client.verifyManifest(twice))).toBe("THRESHOLD_NOT_MET");
  const both = await seal("manifest/1", vendor.manifest("demo-app", "1.0.0"), [ada, bob]);
  expect(client.verifyManifest(both).signers.map(({ owner }) => owner)).toEqual(["Ada", "Bob"]);
});

test("two subkeys of one primary are one person", async () => {
  const vendor = await Simulator.start();
  const primary = "B".repeat(40);
  const [laptop, card] = [vendor.key("Ada", { primary }), vendor.key("Ada", { primary })];
  const bob = vendor.key("Bob");
  vendor.assign("release", [laptop, card, bob], 2);
  await vendor.publishTrust();
  const client = vendor.client();
  const manifest = vendor.manifest("demo-app", "1.0.0");
  const alone = await seal("manifest/1", manifest, [laptop, card]);
  expect(verdictOf(() => client.verifyManifest(alone))).toBe("THRESHOLD_NOT_MET");
  const both = await seal("manifest/1", manifest, [card, bob]);
  expect(verdictOf(() => client.verifyManifest(both))).toBe("accepted");
});

test("a role whose keys are two subkeys of one person cannot take two", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const primary = "B".repeat(40);
  vendor.assign("release", [vendor.key("Ada", { primary }), vendor.key("Ada", { primary })], 2);
  const sealed = await vendor.publishTrust();
  expect(verdictOf(() => client.update(sealed))).toBe("DOCUMENT_INVALID");
});

test("a revoked key does not help a role to its threshold", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const [ada, bob] = [vendor.key("Ada"), vendor.key("Bob")];
  vendor.assign("release", [ada, bob], 2);
  vendor.trust.revoked = { keys: [ada.trusted.fingerprint] };
  const sealed = await vendor.publishTrust();
  expect(verdictOf(() => client.update(sealed))).toBe("DOCUMENT_INVALID");
});
