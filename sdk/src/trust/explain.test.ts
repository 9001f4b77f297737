import { expect, test } from "vitest";
import { verdictOf } from "../../test/support/refusal.ts";
import { seal, sealAs, Simulator } from "../../test/support/simulator.ts";
import { inEnglish, sentenceOf } from "../errors/index.ts";
import { explain, explainFirst } from "./explain.ts";

test("every check of a notification, in order, and who satisfied which role", async () => {
  const vendor = await Simulator.start();
  const { notification } = await vendor.deploy();
  const client = vendor.client({ agent: { id: "till-7", groups: ["tills"] } });
  const { memory } = client;
  const { checks, error } = explain(client, notification);
  expect(error).toBeUndefined();
  expect(checks.every(({ passed }) => passed)).toBe(true);
  expect(checks.map(({ subject, name }) => `${subject} ${name}`)).toEqual([
    "trust/1 trust",
    "notification/1 signatures",
    "notification/1 form",
    "notification/1 role",
    "notification/1 time",
    "trigger/1 form",
    "trigger/1 signatures",
    "trigger/1 form",
    "trigger/1 audience",
    "trigger/1 role",
    "trigger/1 time",
    "trigger/1 recall",
    "notification/1 form",
    "trigger/1 audience",
    "manifest/1 form",
    "manifest/1 signatures",
    "manifest/1 form",
    "manifest/1 role",
    "manifest/1 time",
    "manifest/1 recall",
    "manifest/1 release",
    "notification/1 sequence",
    "notification/1 version",
  ]);
  const role = checks.find(({ subject, name }) => subject === "manifest/1" && name === "role");
  expect(role && inEnglish(role.sentence)).toMatch(
    /^The role release of demo-app takes 1 of its persons; it is signed by release \([0-9A-F]{40}\)\.$/,
  );
  expect(client.memory).toBe(memory);
});

test("up to the first that fails, which gives the code that verifying throws", async () => {
  const vendor = await Simulator.start();
  const { manifest, trigger } = await vendor.deploy();
  const byServer = await sealAs("manifest/1", manifest.text, vendor.signers.server);
  const client = vendor.client();
  for (const sealed of [
    byServer,
    { ...manifest, signatures: [] },
    await sealAs("manifest/1", manifest.text, [vendor.key("nobody")]),
    await sealAs("manifest/1", "{}", vendor.signers.release),
    await sealAs("manifest/1", trigger.text, vendor.signers.release),
  ]) {
    const { checks, error } = explain(client, sealed);
    const code = verdictOf(() => client.verifyManifest(sealed));
    expect(error?.code).toBe(code);
    expect(checks.at(-1)).toMatchObject({
      passed: false,
      code,
      sentence: error && sentenceOf(error),
    });
    expect(checks.slice(0, -1).every(({ passed }) => passed)).toBe(true);
  }
});

test("every type can be explained; a control and a receipt take what they are judged by", async () => {
  const vendor = await Simulator.start();
  const deployment = await vendor.deploy();
  const client = vendor.client();
  const catalog = await vendor.catalog([deployment]);
  const control = await vendor.control("halt");
  const till = vendor.key("till-7");
  const receipt = await seal(
    "receipt/1",
    {
      type: "receipt/1",
      agent: "till-7",
      counter: 1,
      issuedAt: vendor.now.toISOString(),
      deployment: "00000000-0000-4000-8000-000000000000",
      notification: "00000000-0000-4000-8000-000000000000",
      package: { name: "demo-app", version: "1.0.0", manifest: "a".repeat(64) },
      outcome: "installed",
      installed: {},
    },
    [till],
  );
  const next = await vendor.publishTrust();
  const explanations = [
    explain(client, deployment.trigger),
    explain(client, catalog),
    explain(client, control, { audience: { groups: ["tills"] } }),
    explain(client, receipt, { agentKey: till.trusted }),
    explain(client, next),
    explain(client, vendor.published[0]!),
    explainFirst(vendor.published[0]!, vendor.now),
  ];
  expect(explanations.map(({ error }) => error)).toEqual(
    Array(explanations.length).fill(undefined),
  );
  expect(verdictOf(() => explain(client, control))).toBe("CONFIG_INVALID");
  expect(verdictOf(() => explain(client, receipt))).toBe("CONFIG_INVALID");
  expect(client.document.version).toBe(1);
});

test("the document in force is explained by the signatures that were handed in", async () => {
  const vendor = await Simulator.start();
  const [pinned] = vendor.published;
  const { error } = explain(vendor.client(), { ...pinned!, signatures: [] });
  expect(error?.code).toBe("SIGNATURE_MISSING");
});

test("a stale catalog and a replayed order are told as such", async () => {
  const vendor = await Simulator.start();
  const { trigger } = await vendor.deploy();
  const catalog = await vendor.catalog([]);
  const client = vendor.client();
  client.remember(client.verifyTrigger(trigger));
  expect(explain(client, trigger).error?.code).toBe("REPLAYED");
  vendor.pass(2);
  expect(explain(client.at(vendor.now), catalog).checks.at(-1)).toMatchObject({
    name: "time",
    code: "STALE",
  });
});

test("an expired trust document explains its successor, and nothing else", async () => {
  const vendor = await Simulator.start();
  const { manifest } = await vendor.deploy();
  const next = await vendor.publishTrust();
  vendor.pass(400);
  const client = vendor.client({ to: 1, now: vendor.now });
  expect(explain(client, next).error).toBeUndefined();
  expect(explain(client, manifest).checks).toMatchObject([
    { name: "trust", code: "TRUST_EXPIRED" },
  ]);
});

test("the sentence on the sequence says whether it is new", async () => {
  const vendor = await Simulator.start();
  const deployment = await vendor.deploy({ sequence: 41 });
  const catalog = await vendor.catalog([deployment], { sequence: 42 });
  const client = vendor.client();
  const sentences = (): string[] =>
    [deployment.notification, catalog].flatMap((sealed) =>
      explain(client, sealed)
        .checks.filter(({ name }) => name === "sequence")
        .map(({ sentence }) => inEnglish(sentence)),
    );
  expect(sentences()).toEqual(["Sequence 41 is new.", "Sequence 42 is new."]);
  client.verifyNotification(deployment.notification);
  client.verifyCatalog(catalog, { transport: "unc" });
  expect(sentences()).toEqual(["It is known already.", "It is known already."]);
});
