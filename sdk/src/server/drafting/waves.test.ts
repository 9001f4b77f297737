import {
  array,
  assert,
  double,
  integer,
  property,
  record,
  string,
  uniqueArray,
  uuid,
} from "fast-check";
import { expect, test } from "vitest";
import type { PlannedWave } from "../../ledger/index.ts";
import type { Rollout } from "../../schema/index.ts";
import { drawOrder } from "./order.ts";
import { cutWaves } from "./waves.ts";

interface WaveMember {
  readonly agent: string;
  readonly groups: readonly string[];
}

const roster = (audience: readonly WaveMember[]) => ({
  size: audience.length,
  agent: (index: number) => audience[index]!.agent,
  isIn: (index: number, group: string) => audience[index]!.groups.includes(group),
});

const numbers = (deployment: string, audience: readonly WaveMember[]): Uint32Array => {
  const work = drawOrder(deployment, roster(audience));
  for (;;) {
    const slice = work.next();
    if (slice.done === true) return slice.value;
  }
};

const inDrawnOrder = (deployment: string, audience: readonly WaveMember[]): WaveMember[] =>
  Array.from(numbers(deployment, audience), (index) => audience[index]!);

const cut = (
  deployment: string,
  audience: readonly WaveMember[],
  rollout: Rollout,
): (PlannedWave & { readonly members: readonly WaveMember[] })[] =>
  cutWaves(numbers(deployment, audience), roster(audience), rollout).map((wave) => ({
    ...wave,
    members: Array.from(wave.members, (index) => audience[index]!),
  }));

const members = (count: number, ...groups: string[]): WaveMember[] =>
  Array.from({ length: count }, (_, index) => ({
    agent: `${groups[0] ?? "agent"}-${index}`,
    groups,
  }));

const sizes = (audience: WaveMember[], rollout: Rollout): [string, number][] =>
  cut("d", audience, rollout).map(({ name, size }) => [name, size]);

test("without waves everybody goes at once, and all of it must succeed", () => {
  expect(cut("d", members(3), {})).toMatchObject([
    {
      name: "all",
      size: 3,
      successThreshold: 100,
      errorThreshold: 0,
      noAnswer: "failed",
      deadlineSeconds: 86_400,
      soakSeconds: 0,
    },
  ]);
});

test("shares are cumulative; what they leave goes last", () => {
  expect(sizes(members(100), { waves: [{ share: 1 }, { share: 10 }, { share: 100 }] })).toEqual([
    ["1%", 1],
    ["10%", 9],
    ["100%", 90],
  ]);
  expect(sizes(members(100), { waves: [{ share: 10 }] })).toEqual([
    ["10%", 10],
    ["rest", 90],
  ]);
});

test("a first of one, then groups, then the rest, nobody twice", () => {
  const audience = [...members(5, "canary", "all"), ...members(20, "shop", "all")];
  const waves = cut("d", audience, {
    firstOfOne: true,
    waves: [{ group: "canary" }, { share: 50 }, { share: 100, name: "world" }],
  });
  expect(waves.map(({ name, size }) => [name, size])).toEqual([
    ["first", 1],
    ["canary", 4],
    ["50%", 8],
    ["world", 12],
  ]);
  expect(waves[0]!.members[0]!.groups).toContain("canary"); // the first one comes from the first wave
  expect(new Set(waves.flatMap((wave) => wave.members.map(({ agent }) => agent))).size).toBe(25);
});

test("whom no wave names comes last, with the settings of the one before", () => {
  const waves = [{ share: 50, soakSeconds: 60, errorThreshold: 3 }];
  const [, rest] = cut("d", members(4), { waves });
  expect(rest).toMatchObject({ name: "rest", size: 2, soakSeconds: 60, errorThreshold: 3 });
});

test("settings of a wave hold for it, and for the first of one", () => {
  const waves = cut("d", members(10), {
    firstOfOne: true,
    waves: [
      {
        share: 50,
        errorThreshold: 20,
        noAnswer: "ignored",
        deadlineSeconds: 7,
        soakSeconds: 8,
        successThreshold: 70,
      },
    ],
  });
  const settings = {
    errorThreshold: 20,
    noAnswer: "ignored",
    deadlineSeconds: 7,
    soakSeconds: 8,
    successThreshold: 70,
  };
  expect(waves[0]).toMatchObject({ name: "first", ...settings });
  expect(waves[1]).toMatchObject({ name: "50%", ...settings });
});

test("raising a share only adds agents, and another deployment draws another order", () => {
  assert(
    property(
      uuid(),
      uniqueArray(string({ minLength: 1 }), { minLength: 1, maxLength: 60 }),
      double({ min: 0.1, max: 100, noNaN: true }),
      double({ min: 0.1, max: 100, noNaN: true }),
      (id, names, one, other) => {
        const audience = names.map((agent) => ({ agent, groups: [] }));
        const first = (share: number): Set<string> =>
          new Set(cut(id, audience, { waves: [{ share }] })[0]!.members.map(({ agent }) => agent));
        const [low, high] = [first(Math.min(one, other)), first(Math.max(one, other))];
        expect([...low].every((agent) => high.has(agent))).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
  const audience = members(50);
  expect(inDrawnOrder("one", audience)).not.toEqual(inDrawnOrder("two", audience));
});

test("everybody is in exactly one wave, whatever the plan", () => {
  const wave = record({ share: integer({ min: 1, max: 100 }) });
  assert(
    property(array(wave, { maxLength: 5 }), integer({ min: 1, max: 40 }), (waves, count) => {
      const shares = [...new Set(waves.map(({ share }) => share))].toSorted((a, b) => a - b);
      const plan =
        shares.length === 0
          ? {}
          : { waves: shares.map((share) => ({ share })) as [{ share: number }] };
      const pieces = cut("d", members(count), plan);
      const all = pieces.flatMap((wave) => wave.members.map(({ agent }) => agent));
      expect(all).toHaveLength(count);
      expect(new Set(all).size).toBe(count);
      expect(pieces.every((wave) => wave.size === wave.members.length && wave.size > 0)).toBe(true);
    }),
  );
});

test("who is first is not the same agent every time", () => {
  const audience = members(20);
  const firsts = new Set(
    Array.from(
      { length: 60 },
      (_, index) => inDrawnOrder(`deployment-${index}`, audience)[0]!.agent,
    ),
  );
  expect(firsts.size).toBeGreaterThan(10);
});
