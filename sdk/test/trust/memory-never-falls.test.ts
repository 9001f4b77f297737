/**
 * Whatever documents come in whatever order, by honest or stolen keys: what was seen never falls, but by the two ways
 * that DESIGN 5 leaves open; what is refused changes nothing; and the memory can always be read back.
 */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { isOutriderError } from "../../src/errors/index.ts";
import { compareVersions } from "../../src/package/version.ts";
import type { Trigger } from "../../src/schema/index.ts";
import { readTrustMemory, TrustSet, type TrustMemory } from "../../src/trust/index.ts";
import type { TestKey } from "../support/keys.ts";
import { seal, Simulator, type Deployment } from "../support/simulator.ts";

/** One document and how it is handed in. */
interface Event {
  readonly apply: (trust: TrustSet) => unknown;
  /** Set for notifications: what may lower a version. */
  readonly trigger?: Trigger;
}

let vendor: Simulator;
let events: readonly Event[];

beforeAll(async () => {
  vendor = await Simulator.start();
  const servers = [vendor.key("server 1"), vendor.key("server 2")];
  vendor.assign("server", servers, 1);
  vendor.published.length = 0;
  vendor.trust.version = 0;
  await vendor.publishTrust();
  const deployments = await makeDeployments(servers);
  events = [
    ...deployments.map(notificationEvent),
    ...(await makeCatalogs(deployments, servers)),
    ...(await makeRecalls(deployments)),
    ...(await makeRotations()),
  ];
});

test("the memory never falls, refusals change nothing, what was taken is known", () => {
  const order = fc.array(fc.nat(events.length - 1), { minLength: 5, maxLength: 30 });
  fc.assert(
    fc.property(order, (indices) => {
      let trust = TrustSet.open(vendor.published[0]!, { now: vendor.now });
      for (const index of indices) {
        const event = events[index]!;
        const before = trust.memory;
        const verdict = attempt(event, trust);
        const after = trust.memory;
        if (verdict === "refused") expect(after).toBe(before);
        expectNotFallen(before, after, trust, event);
        // What was taken once changes nothing the second time.
        if (verdict === "taken" && attempt(event, trust) === "taken")
          expect(trust.memory).toEqual(after);
        // A restart: only what JSON holds survives.
        const stored: unknown = JSON.parse(JSON.stringify(trust.memory));
        expect(readTrustMemory(stored, "memory")).toEqual(trust.memory);
        trust = TrustSet.open(trust.sealed, { now: vendor.now, memory: stored as TrustMemory });
      }
    }),
    { numRuns: 25 },
  );
});

test("the pool holds events of every outcome, so that the property is not empty", () => {
  const codes = new Set<string>();
  const backwards = events.toReversed();
  for (const order of [events, [...events.slice(0, -1), ...events], [...backwards, ...backwards]]) {
    const trust = TrustSet.open(vendor.published[0]!, { now: vendor.now });
    for (const event of order) codes.add(codeOf(event, trust));
  }
  expect([...codes]).toEqual(
    expect.arrayContaining([
      "taken",
      "ROLLBACK",
      "EQUIVOCATION",
      "RECALLED",
      "STALE",
      "KEY_ROLE",
      "TRUST_VERSION",
    ]),
  );
});

function codeOf(event: Event, trust: TrustSet): string {
  try {
    event.apply(trust);
    return "taken";
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    return error.code;
  }
}

/** `heard`: refused for being stale, and remembered for what it recalls. */
function attempt(event: Event, trust: TrustSet): "taken" | "heard" | "refused" {
  const code = codeOf(event, trust);
  if (code === "taken") return "taken";
  return code === "STALE" ? "heard" : "refused";
}

function expectNotFallen(
  before: TrustMemory,
  after: TrustMemory,
  trust: TrustSet,
  { trigger }: Event,
): void {
  expect(after.trust?.version ?? 0).toBeGreaterThanOrEqual(before.trust?.version ?? 0);
  expect(after.recalled).toEqual(expect.arrayContaining([...before.recalled]));
  const allowed = trigger?.allowDowngrade ?? [];
  for (const old of before.packages) {
    const now = after.packages.find(({ name }) => name === old.name);
    expect(now).toBeDefined();
    const isFall = compareVersions(now?.version ?? "", old.version) < 0;
    if (isFall)
      expect([trigger?.package.name, allowed]).toEqual([
        old.name,
        expect.arrayContaining([old.version]),
      ]);
  }
  for (const old of before.servers) {
    const now = after.servers.find(({ key }) => key === old.key);
    if (now === undefined) {
      // Only a rotation lets a server be forgotten.
      expect(trust.document.roles.server.keys).not.toContain(old.key);
      continue;
    }
    for (const word of old.notifications)
      expect(
        now.notifications.find(({ name }) => name === word.name)?.sequence,
      ).toBeGreaterThanOrEqual(word.sequence);
    if (old.catalog === undefined) continue;
    expect(now.catalog?.sequence).toBeGreaterThanOrEqual(old.catalog.sequence);
    expect(now.catalog?.recalled).toEqual(expect.arrayContaining([...old.catalog.recalled]));
    for (const shown of old.catalog.packages) {
      const entry = now.catalog?.packages.find(({ name }) => name === shown.name);
      const isFall = compareVersions(entry?.version ?? "", shown.version) < 0;
      if (isFall) expect(allowed).toContain(shown.version);
    }
  }
}

interface Made extends Deployment {
  readonly order: Trigger;
}

/** Two packages, four versions, ordered by two servers, plainly and as downgrades; one split view. */
async function makeDeployments(servers: readonly TestKey[]): Promise<Made[]> {
  const made: Made[] = [];
  for (const name of ["demo-app", "demo-api"])
    for (const major of [1, 2, 3, 4]) {
      const manifest = await seal(
        "manifest/1",
        vendor.manifest(name, `${major}.0.0`),
        vendor.signers.release,
      );
      for (const allowDowngrade of [[], [`${major + 1}.0.0`], ["2.0.0", "3.0.0", "4.0.0"]]) {
        const issuedAt = new Date(vendor.now.getTime() - made.length * 1000).toISOString();
        const order = vendor.trigger(manifest, { issuedAt, allowDowngrade });
        const trigger = await seal("trigger/1", order, vendor.signers.push);
        const sequence = 1 + ((made.length * 5) % 7);
        const server = servers[made.length % 2]!;
        const notification = await vendor.announce({ manifest, trigger }, { sequence }, [server]);
        made.push({ manifest, trigger, notification, order });
      }
    }
  const twin = await vendor.deploy({
    version: "2.0.0",
    manifest: { description: "another" },
    server: [servers[0]!],
  });
  return [...made, { ...twin, order: JSON.parse(twin.trigger.text) as Trigger }];
}

function notificationEvent({ notification, order }: Made): Event {
  return {
    apply: (trust) => trust.verifyNotification(notification),
    trigger: order,
  };
}

async function makeCatalogs(
  deployments: readonly Made[],
  servers: readonly TestKey[],
): Promise<Event[]> {
  const catalogs: Event[] = [];
  for (let index = 0; index < 24; index++) {
    const shown = deployments.slice(0, -1).filter((_, at) => (at * 7 + index) % 5 === 0);
    const recalled = index % 3 === 0 ? [] : [deployments[index % 3]!.order.package.manifest];
    const expiresAt = new Date(
      vendor.now.getTime() + (index % 5 === 0 ? -1 : 1) * 3_600_000,
    ).toISOString();
    const sealed = await vendor.catalog(shown, { sequence: 1 + (index % 9), recalled, expiresAt }, [
      servers[index % 2]!,
    ]);
    catalogs.push({
      apply: (trust) => trust.verifyCatalog(sealed, { transport: index % 4 < 2 ? "unc" : "http" }),
    });
  }
  return catalogs;
}

async function makeRecalls(deployments: readonly Made[]): Promise<Event[]> {
  return Promise.all(
    [0, 9, 14].map(async (index) => {
      const { manifest } = deployments[index]!.order.package;
      const sealed = await vendor.control("recall", { manifest });
      return {
        apply: (trust: TrustSet) =>
          trust.remember(trust.verifyControl(sealed, { groups: ["tills"] })),
      };
    }),
  );
}

/** Server 2 is rotated out, and comes back. */
async function makeRotations(): Promise<Event[]> {
  const both = [...vendor.trust.roles.server.keys];
  vendor.trust.roles.server.keys = both.slice(0, 1);
  const two = await vendor.publishTrust();
  vendor.trust.roles.server.keys = both;
  const three = await vendor.publishTrust();
  return [two, three].map((sealed) => ({ apply: (trust) => trust.update(sealed) }));
}
