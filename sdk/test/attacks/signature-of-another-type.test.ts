/** THREATS S8: a signature made for a document of one type, used on an envelope of another. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { DocumentType, SealedDocument } from "../../src/messages/index.ts";
import { testKey } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";
import { seal, Simulator } from "../support/simulator.ts";

const types = [
  "trust/1",
  "manifest/1",
  "trigger/1",
  "notification/1",
  "catalog/1",
  "control/1",
  "receipt/1",
] as const;

/** One key holds every role, so that only the type stands between a signature and its abuse. */
async function oneOfEach(): Promise<{
  documents: Readonly<Record<DocumentType, SealedDocument>>;
  verify: Readonly<Record<DocumentType, (sealed: SealedDocument) => unknown>>;
}> {
  const vendor = await Simulator.start();
  const key = testKey("till-7", { at: vendor.now });
  for (const role of ["root", "server", "release", "push"] as const) vendor.assign(role, [key]);
  vendor.published.length = 0;
  vendor.trust.version = 0;
  await vendor.publishTrust();
  const client = vendor.client();
  const { manifest, trigger, notification } = await vendor.deploy();
  const receipt = await seal(
    "receipt/1",
    {
      type: "receipt/1",
      agent: "till-7",
      counter: 1,
      issuedAt: vendor.now.toISOString(),
      deployment: randomUUID(),
      notification: randomUUID(),
      package: { name: "demo-app", version: "1.0.0", manifest: "a".repeat(64) },
      outcome: "installed",
      installed: { "demo-app": "1.0.0" },
    },
    [key],
  );
  return {
    documents: {
      "trust/1": await vendor.publishTrust(),
      "manifest/1": manifest,
      "trigger/1": trigger,
      "notification/1": notification,
      "catalog/1": await vendor.catalog([]),
      "control/1": await vendor.control("halt"),
      "receipt/1": receipt,
    },
    verify: {
      "trust/1": (sealed) => client.update(sealed as SealedDocument<"trust/1">),
      "manifest/1": (sealed) => client.verifyManifest(sealed as SealedDocument<"manifest/1">),
      "trigger/1": (sealed) => client.verifyTrigger(sealed as SealedDocument<"trigger/1">),
      "notification/1": (sealed) =>
        client.verifyNotification(sealed as SealedDocument<"notification/1">),
      "catalog/1": (sealed) =>
        client.verifyCatalog(sealed as SealedDocument<"catalog/1">, { transport: "http" }),
      "control/1": (sealed) =>
        client.verifyControl(sealed as SealedDocument<"control/1">, { groups: ["tills"] }),
      "receipt/1": (sealed) =>
        client.verifyReceipt(sealed as SealedDocument<"receipt/1">, key.trusted),
    },
  };
}

test("S8 of the matrix of types only the diagonal verifies", async () => {
  const { documents, verify } = await oneOfEach();
  const verdicts = types.map((made) =>
    types.map((used) => verdictOf(() => verify[used]({ ...documents[made], type: used }))),
  );
  const wanted = types.map((made) =>
    types.map((used) => (made === used ? "accepted" : "DOCUMENT_TYPE")),
  );
  expect(verdicts).toEqual(wanted);
});

test("S8 what a notification carries must be of the type of its place", async () => {
  const vendor = await Simulator.start();
  const { manifest, trigger } = await vendor.deploy();
  const swapped = await vendor.announce({
    manifest: trigger as unknown as typeof manifest,
    trigger,
  });
  expect(verdictOf(() => vendor.client().verifyNotification(swapped))).toBe("DOCUMENT_TYPE");
  const relabelled = await vendor.announce({
    manifest: { ...(trigger as unknown as typeof manifest), type: "manifest/1" },
    trigger,
  });
  // Signed by push, not by release, and of another type inside.
  expect(verdictOf(() => vendor.client().verifyNotification(relabelled))).toBe("DOCUMENT_TYPE");
});

test("S8 a lone surrogate does not pass for the character that was signed", async () => {
  const vendor = await Simulator.start();
  const honest = await vendor.control("halt", { reason: "\ufffd" });
  const forged = { ...honest, text: honest.text.replace("\ufffd", "\ud800") };
  const client = vendor.client();
  expect(verdictOf(() => client.verifyControl(forged, { groups: ["tills"] }))).toBe(
    "JSON_ENCODING",
  );
});
