import { expect, test } from "vitest";
import { changesOf, type PushChange } from "./push-changes.ts";
import { withOptions, type PushOptions, type PushOrder } from "./push-order.ts";

const reviewed: PushOrder = {
  packageName: "press-control",
  audience: { groups: ["ships"] },
  rollout: {
    waves: [{ share: 10, errorThreshold: 5 }, { share: 100 }],
    firstOfOne: true,
    approval: true,
    windows: [{ from: "22:00", to: "04:00" }],
    transports: ["email"],
  },
  delivery: "offer",
  validMs: 60_000,
};

test("without options it is what was reviewed", () => {
  expect(withOptions(reviewed, {})).toEqual(reviewed);
  expect(changesOf(reviewed, withOptions(reviewed, {}))).toEqual([]);
});

test.each<[PushOptions, Readonly<Record<string, unknown>>, PushChange[]]>([
  [{ transport: ["any"] }, { transports: undefined }, ["transports"]],
  [{ transport: ["unc", "http"] }, { transports: ["unc", "http"] }, ["transports"]],
  [{ transport: ["email"] }, {}, []],
  [{ now: true }, { windows: undefined }, ["times"]],
  [
    { at: new Date("2026-12-24T20:00:00Z") },
    { windows: undefined, notBefore: "2026-12-24T20:00:00.000Z" },
    ["times"],
  ],
  [
    { window: [{ from: "01:00", to: "02:00" }] },
    { windows: [{ from: "01:00", to: "02:00" }] },
    ["times"],
  ],
  [{ wave: [{ share: 100 }] }, { waves: [{ share: 100 }], firstOfOne: undefined }, ["waves"]],
  [
    { wave: [{ share: 100 }], firstOfOne: true },
    { waves: [{ share: 100 }], firstOfOne: true },
    ["waves"],
  ],
])("%j: the rest of the rollout stays as it was reviewed", (options, parts, changes) => {
  const order = withOptions(reviewed, options);
  const wanted = Object.entries({ ...reviewed.rollout, ...parts }).filter(
    ([, value]) => value !== undefined,
  );
  expect(order).toEqual({ ...reviewed, rollout: Object.fromEntries(wanted) });
  expect(changesOf(reviewed, order)).toEqual(changes);
});

test("everything else, named where it differs", () => {
  const order = withOptions(reviewed, {
    group: ["docks"],
    agent: ["ship-9"],
    delivery: "attach",
    valid: 3600,
    allowDowngrade: ["4.0.0"],
  });
  expect(order).toMatchObject({
    audience: { groups: ["docks"], agents: ["ship-9"] },
    delivery: "attach",
    validMs: 3_600_000,
    allowDowngrade: ["4.0.0"],
  });
  expect(changesOf(reviewed, order)).toEqual(["audience", "delivery", "validity", "downgrades"]);
});

test("an order of options alone has a rollout only where they say something of it", () => {
  expect(withOptions(undefined, { group: ["ships"], now: true })).toEqual({
    audience: { groups: ["ships"] },
  });
  expect(() => withOptions(undefined, {})).toThrow(/Nobody is named/);
});
