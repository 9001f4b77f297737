/** THREATS K1 over random organizations: installed exactly where every role's threshold of persons has signed. */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { SealedDocument } from "../../src/messages/index.ts";
import type { Role } from "../../src/schema/index.ts";
import { TrustSet } from "../../src/trust/index.ts";
import type { TestKey } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";
import { seal, Simulator } from "../support/simulator.ts";

const count = 6;

let vendor: Simulator;
let keys: TestKey[];
let manifest: SealedDocument<"manifest/1">;
let trigger: SealedDocument<"trigger/1">;

beforeAll(async () => {
  vendor = await Simulator.start();
  // Persons 0 and 1 have two keys each.
  keys = Array.from({ length: count }, (_, index) =>
    vendor.key(`key ${index}`, index < 4 ? { primary: String(index % 2).repeat(40) } : {}),
  );
  manifest = await seal("manifest/1", vendor.manifest("demo-app", "6.6.6"), keys);
  trigger = await seal("trigger/1", vendor.trigger(manifest), keys);
});

const subset = fc.uniqueArray(fc.nat(count - 1), { maxLength: count });
const role = fc
  .tuple(fc.uniqueArray(fc.nat(count - 1), { minLength: 1 }), fc.nat(3))
  .map(([members, threshold]) => ({
    members,
    threshold: 1 + (threshold % personsOf(members).size),
  }));

test("K1 random roles, random signers", async () => {
  const organization = fc.record({ release: role, push: role, server: role });
  const signers = fc.record({ release: subset, push: subset, server: subset });
  let [installed, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(organization, signers, async (roles, signed) => {
      const pinned = await pin(roles);
      const inside = vendor.notification(
        only(trigger, signed.push),
        only(manifest, signed.release),
      );
      fc.pre(signed.push.length > 0 && signed.release.length > 0);
      const sealed = await seal(
        "notification/1",
        inside,
        signed.server.map((index) => keys[index]!),
      );
      const isEnough = (["release", "push", "server"] as const).every((name) => {
        const { members, threshold } = roles[name];
        return personsOf(signed[name].filter((index) => members.includes(index))).size >= threshold;
      });
      const client = TrustSet.open(pinned, { now: vendor.now });
      const verdict = verdictOf(() => client.verifyNotification(sealed));
      expect(verdict === "accepted").toBe(isEnough);
      if (isEnough) installed++;
      else refused++;
    }),
    { numRuns: 200 },
  );
  // Both sides were met, so the equivalence says something.
  expect(Math.min(installed, refused)).toBeGreaterThan(5);
});

function personsOf(indices: readonly number[]): Set<number> {
  return new Set(indices.map((index) => (index < 4 ? index % 2 : index)));
}

async function pin(
  roles: Record<"release" | "push" | "server", { members: number[]; threshold: number }>,
): Promise<SealedDocument<"trust/1">> {
  const made = ({ members, threshold }: { members: number[]; threshold: number }): Role => ({
    keys: members.map((index) => keys[index]!.trusted.fingerprint),
    threshold,
  });
  const [root] = vendor.signers.root;
  const document = {
    ...vendor.trust,
    keys: [root!, ...keys].map(({ trusted }) => trusted),
    roles: {
      root: vendor.trust.roles.root,
      server: made(roles.server),
      release: [{ packages: ["demo-*"], ...made(roles.release) }],
      push: [{ groups: ["*"], ...made(roles.push) }],
    },
  };
  return seal("trust/1", document, [root!]);
}

function only<T extends SealedDocument>(sealed: T, indices: readonly number[]): T {
  return { ...sealed, signatures: indices.map((index) => sealed.signatures[index]!) };
}
