/** A rollout in virtual time, held against what the real thresholds, buckets and shares of machines make certain. */
import { describe, expect, test } from "vitest";
import type { Rollout } from "../../../schema/index.ts";
import { mailProviders } from "../../carriage/profiles.ts";
import type { TransportProfile } from "../../carriage/transports.ts";
import { draftPlan } from "../../drafting/draft.ts";
import { imaginedRoster } from "../imagined.ts";
import { ordinaryBehaviour, ordinaryCapacity, type Behaviour } from "./behaviour.ts";
import type { SimulationResult } from "./findings.ts";
import { sampledTransport, simulate, type SimulationInput } from "./simulate.ts";

const day = 86_400_000;
const email: TransportProfile = { name: "email", carriage: "message", ...mailProviders.relay };

interface Given extends Partial<Omit<SimulationInput, "behaviour" | "capacity">> {
  readonly size?: number;
  readonly rollout?: Rollout;
  readonly behaviour?: Partial<Behaviour>;
  readonly capacity?: Partial<SimulationInput["capacity"]>;
}

const patient = { successThreshold: 80, errorThreshold: 2, soakSeconds: 3600 } as const;
const atOnce: Rollout = { waves: [{ share: 100, ...patient }] };

function run({
  size = 5000,
  rollout = atOnce,
  behaviour,
  capacity,
  ...given
}: Given): SimulationResult {
  const transports = given.transports ?? [email];
  const archiveBytes = given.archiveBytes ?? 1_000_000;
  const plan = draftPlan({
    deployment: "11111111-1111-4111-8111-111111111111",
    roster: imaginedRoster({ size, transports: { [transports[0]!.name]: 1 } }),
    rollout,
    delivery: "auto",
    archiveBytes,
    transports,
  });
  return simulate({
    plan,
    transports,
    archiveBytes,
    windows: rollout.windows ?? [],
    startsAt: new Date("2026-11-23T08:00:00Z"),
    validMs: 7 * day,
    operator: { onPause: "leave", afterSeconds: 1800 },
    seed: 1,
    ...given,
    behaviour: { ...ordinaryBehaviour, ...behaviour },
    capacity: { ...ordinaryCapacity, ...capacity },
  });
}

const waves = [
  { share: 1, ...patient },
  { share: 10, ...patient },
  { share: 100, ...patient },
] as const;

test("the same seed gives the same run, another seed another one", () => {
  expect(run({ rollout: { waves: [...waves] } })).toEqual(run({ rollout: { waves: [...waves] } }));
  expect(run({ seed: 2 }).installed).not.toEqual(run({ seed: 1 }).installed);
});

test("everybody is told, and whoever can installs it; the shares are those that were assumed", () => {
  const { state, counts, told, installed } = run({ rollout: { waves: [...waves] } });
  expect(state).toBe("finished");
  expect(counts.told).toBe(5000);
  expect(counts.silent).toBeGreaterThan(0);
  expect(counts.installed + counts.broken + counts.silent).toBe(5000);
  expect(counts.broken).toBeLessThan(5000 * 0.006);
  // Two soak times come before the last nine tenths.
  expect(told.half).toBeGreaterThan(7_200_000);
  expect(installed.p99).toBeGreaterThan(installed.p95!);
  expect(installed.p95).toBeGreaterThan(installed.half!);
});

describe("a bad release", () => {
  const bad = { rollout: { waves: [...waves] }, behaviour: { failingShare: 0.3 } };

  test("pauses itself in its first wave: nobody else is told", () => {
    const { state, pauses, counts } = run(bad);
    expect(state).toBe("paused");
    expect(pauses).toHaveLength(1);
    expect(pauses[0]).toMatchObject({ reason: expect.stringMatching(/^wave 1%: \d+ failed/) });
    expect(counts.told).toBe(50);
    expect(counts.broken).toBeLessThan(50);
  });

  test("without waves reaches everybody", () => {
    const { counts, pauses } = run({ behaviour: { failingShare: 0.3 }, rollout: {} });
    expect(pauses).toHaveLength(1);
    expect(counts.told).toBe(5000);
    expect(counts.broken).toBeGreaterThan(1000);
  });

  test("taken back spares those who have not heard of it", () => {
    const operator = { onPause: "recall", afterSeconds: 60 } as const;
    const recalled = run({ ...bad, rollout: atOnce, operator });
    expect(recalled.state).toBe("halted");
    expect(recalled.counts.spared).toBeGreaterThan(100);
    expect(recalled.counts.broken).toBeLessThan(run({ ...bad, rollout: atOnce }).counts.broken);
  });

  test("resumed by somebody goes on to the end", () => {
    const resumed = run({ ...bad, operator: { onPause: "resume", afterSeconds: 600 } });
    expect(resumed.state).toBe("finished");
    expect(resumed.pauses.length).toBeGreaterThan(1);
    expect(resumed.counts.told).toBe(5000);
  });
});

test("silence past the deadline pauses it, too", () => {
  const quick = { ...patient, deadlineSeconds: 7200, successThreshold: 100 };
  const { pauses } = run({
    rollout: {
      waves: [
        { share: 10, ...quick },
        { share: 100, ...quick },
      ],
    },
    behaviour: { silentShare: 0.1, offlineShare: 0 },
  });
  expect(pauses[0]).toMatchObject({
    reason: expect.stringMatching(/failed and \d+ did not answer/),
  });
  expect(pauses[0]!.atMs).toBeGreaterThan(7_200_000);
});

test("outside its maintenance window nothing is sent", () => {
  const { told } = run({ rollout: { ...atOnce, windows: [{ from: "22:00", to: "23:00" }] } });
  expect(told.half).toBeGreaterThanOrEqual(14 * 3_600_000); // it was accepted at 8
  expect(told.half).toBeLessThan(15 * 3_600_000);
});

describe("what saturates first", () => {
  test.each([
    ["relay", { capacity: { relayMessagesPerSecond: 0.1 } }],
    ["relayLine", { capacity: { relayBytesPerSecond: 10_000 } }],
    ["line", { archiveBytes: 1e9, capacity: { uplinkBytesPerSecond: 1e8 } }],
    ["store", { capacity: { receiptsPerSecond: 1 } }],
    ["limits", { transports: [{ ...email, ...mailProviders.gmail }] }],
  ] as const)("%s", (part, given) => {
    const { parts, told } = run(given);
    expect(parts[0]).toMatchObject({ part });
    expect(parts[0]!.waitedMs).toBeGreaterThan(60_000);
    expect(told.half).toBeDefined();
  });

  test("no part does more than it bears", () => {
    for (const { limit = Infinity, peak = 0 } of run({ capacity: { receiptsPerSecond: 3 } }).parts)
      expect(peak).toBeLessThanOrEqual(limit * 1.02);
  });

  test("2,000 recipients a day: a fleet of 9,000 takes most of a week", () => {
    const { told } = run({ size: 9000, transports: [{ ...email, ...mailProviders.gmail }] });
    expect(told.p99! / day).toBeGreaterThan(3);
    expect(told.p99! / day).toBeLessThan(3.8);
  });
});

test("what became due while nothing was sent goes to a domain no faster than it bears", () => {
  const pace = { recipientsPerMessage: 1, perDestination: { messagesPerMinute: 5 } };
  const windows = [{ from: "22:00", to: "23:00" }];
  const { told } = run({
    size: 200, // of one domain
    rollout: { ...atOnce, windows },
    transports: [{ ...email, pace, recipientsPerJob: 5 }],
  });
  const opened = 14 * 3_600_000; // it was accepted at 8; by the plan, the last were due at 8.39
  expect(told.half! - opened).toBeGreaterThan(18 * 60_000);
  expect(told.p99! - opened).toBeGreaterThan(38 * 60_000);
  expect(told.p99! - opened).toBeLessThan(46 * 60_000);
});

test("one machine may stand for ten: the same times, within what chance does", () => {
  const whole = run({ size: 20_000, capacity: { receiptsPerSecond: 20 } });
  const sampled = run({
    size: 2000,
    standsFor: 10,
    transports: [sampledTransport(email, 10)],
    capacity: { receiptsPerSecond: 20 },
  });
  expect(sampled.machines).toBe(whole.machines);
  expect(sampled.reported.half! / whole.reported.half!).toBeGreaterThan(0.85);
  expect(sampled.reported.half! / whole.reported.half!).toBeLessThan(1.15);
});

test("curves are few points, never fall, and end at the counts", () => {
  const { curves, counts } = run({ rollout: { waves: [...waves] } });
  for (const name of ["told", "installed", "reported", "broken"] as const) {
    const { values } = curves[name];
    expect(values.length).toBeLessThan(1500);
    expect(values.every((value, at) => at === 0 || value >= values[at - 1]!)).toBe(true);
  }
  expect(curves.installed.values.at(-1)).toBe(counts.installed);
});
