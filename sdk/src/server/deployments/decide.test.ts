import { describe, expect, test } from "vitest";
import type {
  DeploymentProgress,
  LedgerState,
  PlannedWave,
  WaveProgress,
} from "../../ledger/index.ts";
import { decide, failuresOf } from "./decide.ts";

const start = Date.parse("2026-11-22T12:00:00Z");
const at = (seconds: number): Date => new Date(start + seconds * 1000);
const none: Record<LedgerState, number> = {
  planned: 0,
  sent: 0,
  received: 0,
  installed: 0,
  rolledBack: 0,
  failed: 0,
  refused: 0,
  noAnswer: 0,
};

type Wave = Partial<PlannedWave> & { counts?: Partial<typeof none> } & Partial<
    Omit<WaveProgress, "counts">
  >;

/** A deployment whose waves have ten agents each. */
function deployment(
  waves: readonly Wave[],
  changes: Partial<DeploymentProgress> = {},
): DeploymentProgress {
  return {
    state: "running",
    reason: "",
    deployment: {
      id: "d",
      trigger: "",
      packageName: "demo-app",
      version: "1.0.0",
      manifest: "",
      audience: {},
      reason: "",
      acceptedAt: at(0).toISOString(),
      expiresAt: at(100_000).toISOString(),
      approval: false,
      signers: [],
      windows: [],
      waves: waves.map(({ name = "w", size = 10, ...wave }) => ({
        name,
        size,
        successThreshold: wave.successThreshold ?? 100,
        errorThreshold: wave.errorThreshold ?? 0,
        noAnswer: wave.noAnswer ?? "failed",
        deadlineSeconds: wave.deadlineSeconds ?? 1000,
        soakSeconds: wave.soakSeconds ?? 0,
      })),
    },
    waves: waves.map((wave) => ({
      state: wave.state ?? "running",
      ...(wave.state === "waiting" ? {} : { startedAt: wave.startedAt ?? at(0).toISOString() }),
      ...(wave.reachedAt === undefined ? {} : { reachedAt: wave.reachedAt }),
      forgiven: wave.forgiven ?? 0,
      counts: { ...none, ...wave.counts },
    })),
    ...changes,
  };
}

const kinds = (progress: DeploymentProgress, seconds = 10): string[] =>
  decide(progress, at(seconds)).map(({ kind, wave }) =>
    wave === undefined ? kind : `${kind} ${wave}`,
  );

describe("going on", () => {
  const waiting: Wave = { state: "waiting", counts: { planned: 10 } };

  test("the first wave starts at once", () => {
    expect(kinds(deployment([waiting, waiting]))).toEqual(["waveStarted 0"]);
  });

  test("nothing happens while answers are out", () => {
    expect(
      kinds(deployment([{ counts: { sent: 3, received: 2, installed: 5 } }, waiting])),
    ).toEqual([]);
  });

  test("enough installed reaches the wave, also while others are silent", () => {
    expect(
      kinds(deployment([{ successThreshold: 80, counts: { installed: 8, sent: 2 } }, waiting])),
    ).toEqual(["waveReached 0"]);
    expect(
      kinds(deployment([{ successThreshold: 80, counts: { installed: 7, sent: 3 } }, waiting])),
    ).toEqual([]);
  });

  test("then it soaks before the next starts", () => {
    const wave: Wave = {
      soakSeconds: 60,
      reachedAt: at(10).toISOString(),
      counts: { installed: 10 },
    };
    expect(kinds(deployment([wave, waiting]), 69)).toEqual([]);
    expect(kinds(deployment([wave, waiting]), 70)).toEqual(["waveFinished 0"]);
    expect(kinds(deployment([{ ...wave, state: "finished" }, waiting]), 70)).toEqual([
      "waveStarted 1",
    ]);
  });

  test("of silence that is ignored, and of failures that were accepted, none is asked for success", () => {
    const ignored: Wave = { noAnswer: "ignored", counts: { installed: 6, noAnswer: 4 } };
    expect(kinds(deployment([ignored, waiting]))).toEqual(["waveReached 0"]);
    const counted: Wave = { ...ignored, noAnswer: "failed", errorThreshold: 100 };
    expect(kinds(deployment([counted, waiting]))).toEqual(["paused 0"]);
    expect(kinds(deployment([{ counts: { failed: 10 }, forgiven: 10 }]))).toEqual([
      "waveReached 0",
    ]);
  });

  test("the last wave ends when everybody has answered, then the deployment does", () => {
    const wave: Wave = { successThreshold: 50, reachedAt: at(1).toISOString() };
    for (const open of [{ planned: 1 }, { sent: 1 }, { received: 1 }])
      expect(kinds(deployment([{ ...wave, counts: { installed: 9, ...open } }]))).toEqual([]);
    expect(kinds(deployment([{ ...wave, counts: { installed: 10 } }]))).toEqual(["waveFinished 0"]);
    expect(kinds(deployment([{ ...wave, state: "finished", counts: { installed: 10 } }]))).toEqual([
      "finished",
    ]);
  });

  test("a wave waits for its window", () => {
    const progress = deployment([waiting]);
    const windows = [{ from: "13:00", to: "14:00" }];
    const windowed = { ...progress, deployment: { ...progress.deployment, windows } };
    expect(kinds(windowed, 0)).toEqual([]);
    expect(kinds(windowed, 3600)).toEqual(["waveStarted 0"]);
  });

  test("not before its time, and then still only inside a window", () => {
    const progress = deployment([waiting]);
    const notBefore = at(1800).toISOString();
    const timed = { ...progress, deployment: { ...progress.deployment, notBefore } };
    expect(kinds(timed, 1799)).toEqual([]);
    expect(kinds(timed, 1800)).toEqual(["waveStarted 0"]);
    const windows = [{ from: "13:00", to: "14:00" }];
    const both = { ...timed, deployment: { ...timed.deployment, windows } };
    expect(kinds(both, 1800)).toEqual([]);
    expect(kinds(both, 3600)).toEqual(["waveStarted 0"]);
  });

  test.each(["finished", "halted"] as const)("%s it stays, also past its expiry", (state) => {
    const progress = deployment([{ state: "finished", counts: { installed: 10 } }], { state });
    expect(kinds(progress, 200_000)).toEqual([]);
  });

  test.each(["waiting", "paused", "finished", "halted"] as const)(
    "nothing starts while %s",
    (state) => {
      expect(kinds(deployment([waiting], { state }))).toEqual([]);
    },
  );
});

describe("pausing itself", () => {
  test.each([
    [{ errorThreshold: 0 }, { failed: 1 }, true],
    [{ errorThreshold: 10 }, { failed: 1 }, false],
    [{ errorThreshold: 10 }, { failed: 1, rolledBack: 1 }, true],
    [{ errorThreshold: 10 }, { refused: 2 }, true],
    [{ errorThreshold: 10 }, { noAnswer: 2 }, true],
    [{ errorThreshold: 10, noAnswer: "ignored" }, { noAnswer: 2 }, false],
    [{ errorThreshold: 10, noAnswer: "ignored" }, { noAnswer: 5, failed: 2 }, true],
  ] as [Wave, Partial<typeof none>, boolean][])("%o with %o: %s", (wave, counts, isPaused) => {
    const sent = 10 - Object.values(counts).reduce((sum, count) => sum + count, 0);
    const [next] = decide(deployment([{ ...wave, counts: { ...counts, sent } }]), at(10));
    expect(next?.kind === "paused").toBe(isPaused);
  });

  test("also for a wave that is done: a health problem may show late", () => {
    const done: Wave = {
      state: "finished",
      reachedAt: at(0).toISOString(),
      counts: { installed: 9, rolledBack: 1 },
    };
    expect(kinds(deployment([done, { counts: { sent: 10 } }]))).toEqual(["paused 0"]);
  });

  test("when everybody has answered and too few have succeeded", () => {
    const wave: Wave = {
      errorThreshold: 50,
      successThreshold: 80,
      counts: { installed: 7, failed: 3 },
    };
    expect(decide(deployment([wave]), at(10))[0]).toMatchObject({
      kind: "paused",
      reason: expect.stringContaining("7 of 10"),
    });
  });

  test("not for success that was reached, where some of it is taken back within bounds", () => {
    const reached: Wave = {
      errorThreshold: 50,
      successThreshold: 80,
      soakSeconds: 60,
      reachedAt: at(1).toISOString(),
      counts: { installed: 7, rolledBack: 3 },
    };
    expect(kinds(deployment([reached, { state: "waiting", counts: { planned: 10 } }]))).toEqual([]);
  });

  test("it says why", () => {
    const [next] = decide(
      deployment([{ name: "canary", counts: { failed: 1, noAnswer: 2, sent: 7 } }]),
      at(10),
    );
    expect(next?.reason).toBe("wave canary: 1 failed and 2 did not answer, of 10: more than 0 %");
  });

  test("what a person accepted by resuming does not pause it again, what comes later does", () => {
    const wave: Wave = {
      errorThreshold: 10,
      successThreshold: 100,
      counts: { failed: 2, installed: 8 },
    };
    expect(failuresOf(deployment([wave]))).toEqual([2]);
    expect(kinds(deployment([{ ...wave, forgiven: 2 }]))).toEqual(["waveReached 0"]);
    expect(
      kinds(deployment([{ ...wave, forgiven: 2, counts: { failed: 4, installed: 6 } }])),
    ).toEqual(["paused 0"]);
  });
});

describe("silence", () => {
  test.each([{ sent: 5 }, { received: 5 }])(
    "is that of whoever has not said how it ended: %o",
    (counts) => {
      const progress = deployment([{ deadlineSeconds: 100, counts: { installed: 5, ...counts } }]);
      expect(decide(progress, at(150))[0]?.kind).toBe("silence");
    },
  );

  test("is counted from the deadline on, also while paused", () => {
    const wave: Wave = { deadlineSeconds: 100, counts: { sent: 5, installed: 5 } };
    expect(kinds(deployment([wave]), 100)).toEqual([]);
    for (const state of ["running", "paused"] as const)
      expect(decide(deployment([wave], { state }), at(150))[0]).toMatchObject({
        kind: "silence",
        wave: 0,
        before: at(50).toISOString(),
      });
  });

  test.each([
    [1000, 2000, 2599, 2600],
    [100, 2000, 2099, 2100],
  ])(
    "of a server that was away is its own until answers could come: deadline %i s, back at %i",
    (deadlineSeconds, back, waits, counts) => {
      const progress = deployment([{ deadlineSeconds, counts: { sent: 5, installed: 5 } }]);
      expect(decide(progress, at(waits), at(back))).toEqual([]);
      expect(decide(progress, at(counts), at(back))[0]).toMatchObject({ kind: "silence" });
    },
  );

  test("is not looked for where nobody is asked", () => {
    expect(kinds(deployment([{ counts: { planned: 10 } }]), 50_000)).toEqual([]);
  });
});

test("past its expiry a deployment ends", () => {
  for (const state of ["waiting", "running", "paused"] as const)
    expect(kinds(deployment([{ counts: { sent: 10 } }], { state }), 100_000)).toEqual(["expired"]);
});
