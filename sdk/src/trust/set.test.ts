import { expect, test } from "vitest";
import { verdictOf } from "../../test/support/refusal.ts";
import { seal, Simulator } from "../../test/support/simulator.ts";
import { sealText } from "../messages/index.ts";
import type { Receipt } from "../schema/index.ts";
import { emptyMemory } from "./memory.ts";
import type { Verified } from "./verified.ts";

const agent = { id: "till-7", groups: ["tills"] };

test("a deployment that keeps every rule is verified to the end", async () => {
  const vendor = await Simulator.start();
  const { notification } = await vendor.deploy();
  const client = vendor.client({ agent });
  const verified = client.verifyNotification(notification);
  expect(verified.standing).toBe("new");
  expect(verified.manifest?.document.name).toBe("demo-app");
  expect(verified.trigger.signers.map(({ owner }) => owner)).toEqual(["push"]);
  expect(client.verifyNotification(notification).standing).toBe("known");
});

test("an agent is meant by its id or by one of its groups", async () => {
  const vendor = await Simulator.start();
  const verdict = async (audience: { groups?: string[]; agents?: string[] }): Promise<string> => {
    const { notification } = await vendor.deploy({ trigger: { audience } });
    return verdictOf(() => vendor.client({ agent }).verifyNotification(notification));
  };
  expect(await verdict({ groups: ["kiosks", "tills"] })).toBe("accepted");
  expect(await verdict({ agents: ["till-7"] })).toBe("accepted");
  expect(await verdict({ groups: ["kiosks"], agents: ["till-8"] })).toBe("NOT_FOR_US");
});

test("a new run has its own moment, and shares documents and memory", async () => {
  const vendor = await Simulator.start();
  const { notification } = await vendor.deploy();
  const service = vendor.client({ agent });
  expect(service.at(vendor.now).verifyNotification(notification).standing).toBe("new");
  expect(service.verifyNotification(notification).standing).toBe("known");
  service.at(vendor.now).update(await vendor.publishTrust());
  expect(service.document.version).toBe(2);
  expect(service.sealed).toBe(vendor.published[1]);
  vendor.pass(400);
  expect(verdictOf(() => service.at(vendor.now).verifyNotification(notification))).toBe(
    "TRUST_EXPIRED",
  );
  expect(service.verifyNotification(notification).standing).toBe("known");
});

test("a trust document of the future authorises nothing yet", async () => {
  const vendor = await Simulator.start();
  const { trigger } = await vendor.deploy();
  const client = vendor.client();
  vendor.trust.issuedAt = new Date(vendor.now.getTime() + 300_001).toISOString();
  client.update(await vendor.publishTrust());
  expect(verdictOf(() => client.verifyTrigger(trigger))).toBe("NOT_YET_VALID");
});

test("memory is what it was given, plus the trust document; it is never changed in place", async () => {
  const vendor = await Simulator.start();
  const { notification } = await vendor.deploy();
  const client = vendor.client();
  const before = client.memory;
  const copy = structuredClone(before);
  expect(before).toEqual({
    ...emptyMemory,
    trust: { version: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  client.verifyNotification(notification);
  expect(client.memory).not.toBe(before);
  expect(before).toEqual(copy);
});

test("a recall without a manifest is refused, and a control for an audience of nobody", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const [recall, halt] = [await vendor.control("recall"), await vendor.control("halt")];
  expect(verdictOf(() => client.verifyControl(recall, { groups: ["tills"] }))).toBe(
    "DOCUMENT_INVALID",
  );
  expect(verdictOf(() => client.verifyControl(halt, {}))).toBe("KEY_ROLE");
  vendor.pass(2);
  expect(verdictOf(() => client.at(vendor.now).verifyControl(halt, { groups: ["tills"] }))).toBe(
    "EXPIRED",
  );
});

test("only a recall recalls", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const manifest = "a".repeat(64);
  const verify = async (action: "halt" | "recall"): Promise<Verified<"control/1">> =>
    client.verifyControl(await vendor.control(action, { manifest }), { groups: ["tills"] });
  client.remember(await verify("halt"));
  const recall = await verify("recall");
  expect(client.memory.recalled).toEqual([]); // not carried out yet
  client.remember(recall);
  client.remember(await verify("recall"));
  expect(client.memory.recalled).toEqual([manifest]);
});

test("a receipt takes no trust document in force, but no revoked key either", async () => {
  const vendor = await Simulator.start();
  const till = vendor.key("till-7");
  const receipt: Receipt = {
    type: "receipt/1",
    agent: "till-7",
    counter: 1,
    issuedAt: vendor.now.toISOString(),
    deployment: "00000000-0000-4000-8000-000000000000",
    notification: "00000000-0000-4000-8000-000000000000",
    package: { name: "demo-app", version: "1.0.0", manifest: "a".repeat(64) },
    outcome: "installed",
    installed: {},
  };
  const sealed = await seal("receipt/1", receipt, [till]);
  const future = await seal(
    "receipt/1",
    { ...receipt, issuedAt: new Date(vendor.now.getTime() + 300_001).toISOString() },
    [till],
  );
  const client = vendor.client();
  expect(client.verifyReceipt(sealed, till.trusted).document.agent).toBe("till-7");
  expect(verdictOf(() => client.verifyReceipt(future, till.trusted))).toBe("NOT_YET_VALID");
  vendor.pass(400);
  expect(verdictOf(() => client.at(vendor.now).verifyReceipt(sealed, till.trusted))).toBe(
    "accepted",
  );
  vendor.trust.revoked = { keys: [till.trusted.fingerprint] };
  client.update(await vendor.publishTrust());
  expect(verdictOf(() => client.verifyReceipt(sealed, till.trusted))).toBe("KEY_REVOKED");
});

test("a catalog says which trust document the agent should have", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client({ agent });
  expect(
    client.verifyCatalog(await vendor.catalog([]), { transport: "unc" }).newerTrust,
  ).toBeUndefined();
  const next = await vendor.publishTrust();
  const catalog = await vendor.catalog([]);
  expect(client.verifyCatalog(catalog, { transport: "unc" }).newerTrust).toBe(2);
  client.update(next);
  expect(client.verifyCatalog(catalog, { transport: "unc" })).not.toHaveProperty("newerTrust");
});

test("of several entries of a package the highest that is meant for the agent is current", async () => {
  const vendor = await Simulator.start();
  const one = await vendor.deploy();
  const two = await vendor.deploy({
    version: "2.0.0",
    trigger: { audience: { agents: ["till-7"] } },
  });
  const three = await vendor.deploy({
    version: "3.0.0",
    trigger: { audience: { groups: ["kiosks"] } },
  });
  const catalog = await vendor.catalog([two, one, three]);
  const versions = (client: ReturnType<Simulator["client"]>): string[] =>
    client.verifyCatalog(catalog, { transport: "unc" }).current.map(({ version }) => version);
  expect(versions(vendor.client({ agent }))).toEqual(["2.0.0"]);
  expect(versions(vendor.client({ agent: { id: "till-8", groups: ["tills"] } }))).toEqual([
    "1.0.0",
  ]);
  expect(versions(vendor.client())).toEqual(["3.0.0"]);
});

test("a stranger who signed first does not hide why the one who is known does not count", async () => {
  const vendor = await Simulator.start();
  const { trigger } = await vendor.deploy({
    push: [vendor.key("nobody"), ...vendor.signers.push],
  });
  const altered = sealText("trigger/1", `${trigger.text} `, trigger.signatures);
  expect(verdictOf(() => vendor.client().verifyTrigger(altered))).toBe("SIGNATURE_INVALID");
});
