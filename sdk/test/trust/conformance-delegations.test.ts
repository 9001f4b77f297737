/**
 * TUF's conformance suite, `test_updater_delegation_graphs.py`, by its names. Our roles are one level deep and every
 * entry is terminating: the first that fits a name decides alone, so traversal orders and cycles cannot arise.
 */
import { expect, test } from "vitest";
import type { TestKey } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";
import { seal, Simulator } from "../support/simulator.ts";

/** Entries in order: letter of the only key, patterns. */
type Entries = readonly (readonly [key: string, patterns: readonly string[]])[];

const graphs: readonly [string, Entries, packageName: string, decides: string | undefined][] = [
  ["basic-delegation", [["A", ["*"]]], "demo-app", "A"],
  [
    "single-level-delegations",
    [
      ["A", ["*"]],
      ["B", ["*"]],
    ],
    "demo-app",
    "A",
  ],
  [
    "two-level-ignores-all-branches-not-matching-paths",
    [
      ["A", ["*-py"]],
      ["B", ["*"]],
    ],
    "demo-app",
    "B",
  ],
  [
    "two-level-terminating-ignores-all-but-roles-descendants",
    [
      ["A", ["demo-*"]],
      ["B", ["demo-app"]],
    ],
    "demo-app",
    "A",
  ],
  ["no delegations", [], "demo-app", undefined],
  [
    "targetpath matches wildcard",
    [
      ["A", ["*-doc", "*-md"]],
      ["B", ["release-*-*"]],
    ],
    "readme-md",
    "A",
  ],
  [
    "targetpath with separators x",
    [
      ["C", ["release-x-*"]],
      ["D", ["release-y-*.zip"]],
    ],
    "release-x-v1",
    "C",
  ],
  [
    "targetpath with separators y",
    [
      ["C", ["release-x-*"]],
      ["D", ["release-y-*.zip"]],
    ],
    "release-y-v1.zip",
    "D",
  ],
  [
    "targetpath is not delegated by all roles in the chain",
    [
      ["C", ["release-x-*"]],
      ["D", ["release-y-*.zip"]],
    ],
    "release-z-v1.zip",
    undefined,
  ],
];

test.each(graphs)(
  "test_targetfile_search: release, %s",
  async (_, entries, packageName, decides) => {
    const vendor = await Simulator.start();
    const keys = lettersOf(vendor);
    vendor.trust.roles.release = entries.map(([letter, packages]) => ({
      packages: [...packages],
      keys: [keys[letter]!.trusted.fingerprint],
      threshold: 1,
    }));
    await vendor.publishTrust();
    for (const [letter, key] of Object.entries(keys)) {
      const manifest = await seal("manifest/1", vendor.manifest(packageName, "1.0.0"), [key]);
      const verdict = verdictOf(() => vendor.client().verifyManifest(manifest));
      expect([letter, verdict]).toEqual([letter, letter === decides ? "accepted" : "KEY_ROLE"]);
    }
  },
);

test.each(graphs)("test_targetfile_search: push, %s", async (_, entries, group, decides) => {
  const vendor = await Simulator.start();
  const keys = lettersOf(vendor);
  vendor.trust.roles.push = entries.map(([letter, groups]) => ({
    groups: [...groups],
    keys: [keys[letter]!.trusted.fingerprint],
    threshold: 1,
  }));
  await vendor.publishTrust();
  const { manifest } = await vendor.deploy();
  for (const [letter, key] of Object.entries(keys)) {
    const trigger = await seal(
      "trigger/1",
      vendor.trigger(manifest, { audience: { groups: [group] } }),
      [key],
    );
    const verdict = verdictOf(() => vendor.client().verifyTrigger(trigger));
    expect([letter, verdict]).toEqual([letter, letter === decides ? "accepted" : "KEY_ROLE"]);
  }
});

test("every group of an audience must be covered, each by its own entry", async () => {
  const { vendor, keys, verdict } = await twoEntries();
  expect(await verdict({ groups: ["prod-eu"] }, "A")).toBe("THRESHOLD_NOT_MET");
  expect(await verdict({ groups: ["prod-eu"] }, "A", "B")).toBe("accepted");
  expect(await verdict({ groups: ["canary"] }, "C")).toBe("accepted");
  // The general entry gives nobody a way round the strict one.
  expect(await verdict({ groups: ["prod-eu"] }, "C")).toBe("KEY_ROLE");
  expect(await verdict({ groups: ["prod-eu", "canary"] }, "A", "B")).toBe("KEY_ROLE");
  expect(await verdict({ groups: ["prod-eu", "canary"] }, "A", "B", "C")).toBe("accepted");
  expect(Object.keys(keys)).toHaveLength(4);
  expect(vendor.trust.roles.push).toHaveLength(2);
});

test("an agent named singly may be in any group: it takes everybody who decides for any", async () => {
  const { verdict } = await twoEntries();
  expect(await verdict({ agents: ["till-7"] }, "C")).toBe("KEY_ROLE");
  expect(await verdict({ agents: ["till-7"] }, "A", "C")).toBe("THRESHOLD_NOT_MET");
  expect(await verdict({ agents: ["till-7"] }, "A", "B")).toBe("KEY_ROLE");
  expect(await verdict({ agents: ["till-7"] }, "A", "B", "C")).toBe("accepted");
  expect(await verdict({ groups: ["canary"], agents: ["till-7"] }, "C")).toBe("KEY_ROLE");
});

test("without an entry for *, nobody may name single agents", async () => {
  const { vendor, verdict } = await twoEntries();
  vendor.trust.roles.push.pop();
  await vendor.publishTrust();
  expect(await verdict({ agents: ["till-7"] }, "A", "B", "C")).toBe("KEY_ROLE");
  expect(await verdict({ groups: ["canary"] }, "A", "B", "C")).toBe("KEY_ROLE");
});

test("an audience of nobody takes no signature, so it is refused whoever signs", async () => {
  const { verdict } = await twoEntries();
  expect(await verdict({ groups: [] }, "A", "B", "C")).toBe("KEY_ROLE");
  expect(await verdict({ groups: [], agents: [] }, "D")).toBe("KEY_ROLE");
});

async function twoEntries(): Promise<{
  vendor: Simulator;
  keys: Readonly<Record<string, TestKey>>;
  verdict: (
    audience: { groups?: string[]; agents?: string[] },
    ...letters: string[]
  ) => Promise<string>;
}> {
  const vendor = await Simulator.start();
  const keys = lettersOf(vendor);
  const of = (...letters: string[]): string[] =>
    letters.map((letter) => keys[letter]!.trusted.fingerprint);
  vendor.trust.roles.push = [
    { groups: ["prod-*"], keys: of("A", "B"), threshold: 2 },
    { groups: ["*"], keys: of("C"), threshold: 1 },
  ];
  await vendor.publishTrust();
  const { manifest } = await vendor.deploy();
  return {
    vendor,
    keys,
    async verdict(audience, ...letters) {
      const signers = letters.map((letter) => keys[letter]!);
      const trigger = await seal("trigger/1", vendor.trigger(manifest, { audience }), signers);
      return verdictOf(() => vendor.client().verifyTrigger(trigger));
    },
  };
}

function lettersOf(vendor: Simulator): Record<string, TestKey> {
  const keys = Object.fromEntries(
    ["A", "B", "C", "D"].map((letter) => [letter, vendor.key(letter)]),
  );
  vendor.list(...Object.values(keys));
  return keys;
}
