/** What is thrown at trust, by carriers or by holders of keys, is refused with a code; nothing crashes, nothing is half applied. */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { isOutriderError } from "../../src/errors/index.ts";
import {
  maxEnvelopeBytes,
  sealText,
  type DocumentType,
  type SealedDocument,
} from "../../src/messages/index.ts";
import type { TrustSet } from "../../src/trust/index.ts";
import { verdictOf } from "../support/refusal.ts";
import { sealAs, Simulator, type Deployment } from "../support/simulator.ts";

let vendor: Simulator;
let deployment: Deployment;
let samples: readonly SealedDocument[];

beforeAll(async () => {
  vendor = await Simulator.start();
  deployment = await vendor.deploy();
  const { manifest, trigger, notification } = deployment;
  const catalog = await vendor.catalog([deployment]);
  samples = [
    manifest,
    trigger,
    notification,
    catalog,
    await vendor.control("halt"),
    await vendor.publishTrust(),
  ];
});

function verify(client: TrustSet, sealed: SealedDocument): unknown {
  const verifiers: Record<DocumentType, (sealed: never) => unknown> = {
    "trust/1": (next) => client.update(next),
    "manifest/1": (sealed) => client.verifyManifest(sealed),
    "trigger/1": (sealed) => client.verifyTrigger(sealed),
    "notification/1": (sealed) => client.verifyNotification(sealed),
    "catalog/1": (sealed) => client.verifyCatalog(sealed, { transport: "http" }),
    "control/1": (sealed) => client.verifyControl(sealed, { groups: ["tills"] }),
    "receipt/1": (sealed) => client.verifyReceipt(sealed, vendor.signers.server[0]!.trusted),
  };
  return verifiers[sealed.type](sealed as never);
}

test("one changed character of any signed text is refused, and leaves no trace", () => {
  const change = fc.record({
    sample: fc.nat(),
    at: fc.nat(),
    character: fc.string({ minLength: 0, maxLength: 2 }),
  });
  fc.assert(
    fc.property(change, ({ sample, at, character }) => {
      const sealed = samples[sample % samples.length]!;
      const offset = at % sealed.text.length;
      const text = sealed.text.slice(0, offset) + character + sealed.text.slice(offset + 1);
      fc.pre(text !== sealed.text);
      const client = vendor.client({ to: 1 });
      const { memory } = client;
      expect(
        verdictOf(() => verify(client, sealText(sealed.type, text, sealed.signatures))),
      ).not.toBe("accepted");
      expect(client.memory).toBe(memory);
    }),
    { numRuns: 150 },
  );
});

test("any changed or arbitrary signature block is refused with a code, or is the same signature", () => {
  const block = fc.oneof(
    fc.string(),
    fc.record({ at: fc.nat(), character: fc.string({ maxLength: 1 }) }),
  );
  fc.assert(
    fc.property(fc.nat(), block, (sample, change) => {
      const sealed = samples[sample % samples.length]!;
      const [good] = sealed.signatures;
      const signature =
        typeof change === "string"
          ? change
          : good!.slice(0, change.at % good!.length) +
            change.character +
            good!.slice((change.at % good!.length) + 1);
      const changed = { ...sealed, signatures: [signature] };
      const client = vendor.client({ to: 1 });
      const verdict = verdictOf(() => verify(client, changed));
      // Armor has slack outside of its base64: what still verifies is the same signature over the same bytes.
      if (verdict !== "accepted") expect(verdict).toMatch(/^(SIGNATURE_|KEY_)/);
      expect(verdictOf(() => verify(vendor.client({ to: 1 }), sealed))).toBe("accepted");
    }),
    { numRuns: 100 },
  );
});

test("arbitrary JSON under a good signature is refused with a code", async () => {
  const types = [
    "trust/1",
    "manifest/1",
    "trigger/1",
    "notification/1",
    "catalog/1",
    "control/1",
    "receipt/1",
  ] as const;
  const all = [
    ...vendor.signers.root,
    ...vendor.signers.release,
    ...vendor.signers.push,
    ...vendor.signers.server,
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...types), fc.json(), async (type, text) => {
      const sealed = await sealAs(type, text, all);
      expect(verdictOf(() => verify(vendor.client({ to: 1 }), sealed))).not.toBe("accepted");
    }),
    { numRuns: 60 },
  );
});

test("a good document with arbitrary values in arbitrary members, signed, is judged without a crash", async () => {
  const all = [
    ...vendor.signers.root,
    ...vendor.signers.release,
    ...vendor.signers.push,
    ...vendor.signers.server,
  ];
  const mutation = fc.record({
    sample: fc.nat(),
    member: fc.nat(),
    value: fc.jsonValue({ maxDepth: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(mutation, async ({ sample, member, value }) => {
      const { type, text } = samples[sample % samples.length]!;
      const document = JSON.parse(text) as Record<string, unknown>;
      const names = Object.keys(document);
      document[names[member % names.length]!] = value;
      const sealed = await sealAs(type, JSON.stringify(document), all);
      const client = vendor.client({ to: 1 });
      const { memory } = client;
      try {
        verify(client, sealed);
      } catch (error) {
        expect(isOutriderError(error)).toBe(true);
        expect(client.memory).toBe(memory);
      }
    }),
    { numRuns: 100 },
  );
});

test("seventeen signatures are too many; sixteen foreign ones do no harm to a good one among them", async () => {
  const strangers = await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      sealAs("manifest/1", deployment.manifest.text, [vendor.key(`${index}`)]),
    ),
  );
  const foreign = strangers.flatMap(({ signatures }) => signatures);
  const { manifest } = deployment;
  const flooded = { ...manifest, signatures: [...foreign, ...manifest.signatures] };
  expect(verdictOf(() => vendor.client().verifyManifest(flooded))).toBe("SIGNATURE_TOO_MANY");
  const among = { ...manifest, signatures: [...foreign.slice(1), ...manifest.signatures] };
  expect(vendor.client().verifyManifest(among).signers).toHaveLength(1);
});

test("a document larger than its type allows is refused before its signatures are looked at", () => {
  const frame = '{"type":"trigger/1","x":""}';
  const ofSize = (bytes: number): SealedDocument<"trigger/1"> =>
    sealText("trigger/1", frame.replace('""', `"${"a".repeat(bytes - frame.length)}"`), ["?"]);
  const limit = maxEnvelopeBytes["trigger/1"];
  const verdict = (bytes: number): string =>
    verdictOf(() => vendor.client().verifyTrigger(ofSize(bytes)));
  expect([verdict(limit), verdict(limit + 1)]).toEqual([
    "SIGNATURE_MALFORMED",
    "DOCUMENT_TOO_LARGE",
  ]);
});
