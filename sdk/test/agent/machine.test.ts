/** Every row of the agent's table: killed on entering and on leaving each state, an error in each, put off in each. */
import { beforeAll, describe, expect, test } from "vitest";
import type { AgentOptions, Deployer, Event, ProgramRunner, State } from "../../src/agent/index.ts";
import { transitions, works } from "../../src/agent/index.ts";
import { OutriderError } from "../../src/errors/index.ts";
import type { Install, SourceManifest } from "../../src/schema/index.ts";
import { contentBelow } from "../support/installed-content.ts";
import { watchJournal } from "../support/journal-watch.ts";
import type { MemoryDisk } from "../support/memory-disk.ts";
import { Publisher } from "../support/publisher.ts";
import { current, Upgrade } from "../support/upgrade.ts";
import { verifies } from "../support/verifies.ts";

let publisher: Publisher;
beforeAll(async () => {
  publisher = await Publisher.start();
});

const unhealthy: ProgramRunner = {
  run: async () => ({
    outcome: "failed",
    exitCode: 1,
    detail: "the program ended with exit code 1",
  }),
};
const checked: Install = { strategy: "directory", healthCheck: { argv: ["node", "check.js"] } };
const backwards: readonly State[] = ["rollingBack", "rolledBack"];

/** The way back is walked where the new version is not healthy. */
async function upgradeThrough(state: State): Promise<Upgrade> {
  return backwards.includes(state)
    ? Upgrade.prepare(publisher, { install: checked, options: { programs: unhealthy } })
    : Upgrade.prepare(publisher);
}

/** Whatever happened, a machine that went back is on the old version and has said so once. */
async function expectRolledBack(
  upgrade: Upgrade,
  disk: MemoryDisk,
  sent: readonly Uint8Array[],
): Promise<void> {
  const bench = await upgrade.machine(disk);
  bench.sent.push(...sent);
  await bench.deliver(upgrade.pushed);
  expect(contentBelow(disk, current)).toEqual(upgrade.oldFiles);
  const status = await bench.agent?.status();
  expect(status?.unfinished).toEqual([]);
  expect(status?.quarantined.map(({ version }) => version)).toEqual(["2.0.0"]);
  const receipts = (await bench.receipts()).filter(
    ({ package: { version }, outcome }) => version === "2.0.0" && outcome !== "deferred",
  );
  expect(receipts.map(({ outcome, code }) => [outcome, code])).toEqual([
    ["rolledBack", "HEALTH_FAILED"],
  ]);
  await bench.clear();
}

async function expectEnd(
  upgrade: Upgrade,
  state: State,
  disk: MemoryDisk,
  sent: readonly Uint8Array[],
): Promise<void> {
  if (backwards.includes(state)) await expectRolledBack(upgrade, disk, sent);
  else await upgrade.expectRecovery(disk, sent);
}

const journalled = (Object.keys(works) as State[]).filter(
  (state) => works[state] !== undefined && state !== "recognized",
);

/** States with a row for this event; `recognized`, which is not journalled, has tests of its own. */
function statesWith(event: Event): State[] {
  return transitions.flatMap(([state, on]) =>
    on === event && state !== "recognized" ? [state] : [],
  );
}

describe("killed", () => {
  for (const state of journalled)
    for (const moment of ["entered", "leaving"] as const)
      test(`in ${state}, ${moment}`, async () => {
        const upgrade = await upgradeThrough(state);
        const disk = upgrade.before.clone();
        const watched = watchJournal(disk, { state, moment, effect: "kill" });
        const bench = await upgrade.machine(disk, watched);
        await bench.deliver(upgrade.pushed).catch(() => undefined);
        expect(watched.states.at(-1)).toBe(state);
        await bench.agent?.close().catch(() => undefined);
        await expectEnd(upgrade, state, disk, bench.sent);
      });

  test("in recognized: nothing was written, and the message is still with its transport", async () => {
    const upgrade = await Upgrade.prepare(publisher);
    const disk = upgrade.before.clone();
    const stopped = new AbortController();
    stopped.abort();
    const bench = await upgrade.machine(disk);
    const agent = await bench.start();
    const writes = disk.record.length;
    const settled: string[] = [];
    const incoming = {
      bytes: upgrade.pushed.bytes,
      origin: "memory",
      settle: async (verdict: string) => void settled.push(verdict),
    };
    await expect(agent.receiveOne(incoming, { signal: stopped.signal })).rejects.toMatchObject({
      code: "CANCELLED",
    });
    expect(settled).toEqual([]);
    expect(disk.record.length).toBe(writes);
    await bench.clear();
    await upgrade.expectRecovery(disk);
  });
});

describe("put off", () => {
  for (const state of statesWith("later"))
    test(`in ${state}: it stays there, and goes on`, async () => {
      const upgrade = await upgradeThrough(state);
      const disk = upgrade.before.clone();
      const watched = watchJournal(disk, { state, moment: "entered", effect: "fail" });
      const bench = await upgrade.machine(disk, watched);
      await bench.deliver(upgrade.pushed);
      const unfinished = (await bench.agent?.status())?.unfinished.map((each) => each.state);
      // Something was installed by then, so what is unfinished was looked at again at once.
      expect(unfinished).toEqual(state === "committed" ? [] : [state]);
      expect(await bench.agent?.resume()).toBe(0);
      await bench.receipts();
      await bench.clear();
      await expectEnd(upgrade, state, disk, bench.sent);
    });
});

/** How each state's work can fail for good, and what the receipt says then. */
interface FailureCase {
  readonly install?: Install;
  readonly source?: Partial<SourceManifest>;
  readonly options?: Partial<AgentOptions>;
  readonly receipt: { readonly outcome: string; readonly code: string };
}

const brokenDeployer: Deployer = {
  stage: async () => "before",
  activate: async () => {
    throw new OutriderError("DEPLOY_FAILED", "The product said no.");
  },
  restore: async () => undefined,
  finish: async () => undefined,
  directoryOf: ({ stagingDirectory }) => stagingDirectory,
};

const failures: Partial<Record<State, FailureCase>> = {
  obtained: {
    source: {
      variants: [
        {
          name: "mars",
          when: { facts: { planet: "mars" } },
          files: [{ from: "payload/**", base: "payload" }],
        },
      ],
    },
    receipt: { outcome: "failed", code: "VARIANT_NONE" },
  },
  verified: {
    install: { strategy: "directory", hooks: { beforeInstall: { argv: ["node", "hook.js"] } } },
    options: { programs: unhealthy, policy: { allowHooks: true } },
    receipt: { outcome: "failed", code: "HOOK_FAILED" },
  },
  staged: {
    install: { strategy: "vendor" },
    options: { deployer: brokenDeployer },
    receipt: { outcome: "rolledBack", code: "DEPLOY_FAILED" },
  },
  switched: {
    install: checked,
    options: { programs: unhealthy },
    receipt: { outcome: "rolledBack", code: "HEALTH_FAILED" },
  },
};

describe("unwanted", () => {
  for (const state of statesWith("unwanted"))
    test(`in ${state}: the old version runs, and one receipt says why`, async () => {
      const upgrade = await Upgrade.prepare(publisher);
      const disk = upgrade.before.clone();
      const watched = watchJournal(disk, { state, moment: "entered", effect: "kill" });
      const first = await upgrade.machine(disk, watched);
      await first.deliver(upgrade.pushed).catch(() => undefined);
      await first.agent?.close().catch(() => undefined);

      const bench = await upgrade.machine(disk);
      const later = new Date(publisher.simulator.now.getTime() + 8 * 86_400_000);
      await bench.start({ clock: { now: () => later } });
      expect(await bench.agent?.resume()).toBe(0);
      expect(contentBelow(disk, current)).toEqual(upgrade.oldFiles);
      const receipts = (await bench.receipts()).filter(({ outcome }) => outcome !== "deferred");
      expect(receipts.map(({ code }) => code)).toEqual(["EXPIRED"]);
      expect(contentBelow(disk, "/machine/install/demo-app/staging")).toEqual({});
      await bench.clear();
      await upgrade.expectStillInstallable(disk);
    });
});

describe("error", () => {
  for (const state of statesWith("failed"))
    test(`in ${state}: the old version runs, one receipt, and a higher version goes in`, async () => {
      const failure = failures[state];
      if (failure === undefined) throw new Error(`nobody knows how ${state} fails`);
      const upgrade = await Upgrade.prepare(publisher, { options: failure.options ?? {} });
      const disk = upgrade.before.clone();
      const bench = await upgrade.machine(disk);
      const { install, source } = failure;
      const pushed = await publisher.push(
        await publisher.release({
          version: "2.5.0",
          ...(install === undefined ? {} : { install }),
          ...(source === undefined ? {} : { source }),
        }),
      );
      expect(await bench.deliver(pushed)).toMatchObject({
        verdict: "handled",
        code: failure.receipt.code,
      });

      expect(contentBelow(disk, current)).toEqual(upgrade.oldFiles);
      const receipts = (await bench.receipts()).filter(
        (receipt) => receipt.package.version === "2.5.0",
      );
      expect(receipts).toHaveLength(1);
      expect(receipts[0]).toMatchObject(failure.receipt);
      expect(contentBelow(disk, "/machine/install/demo-app/staging")).toEqual({});
      expect(Object.keys(contentBelow(disk, "/machine/data/deployments"))).toEqual([]);

      await bench.clear();
      await upgrade.expectStillInstallable(disk);
    });

  test("in recognized: a forged message is refused and leaves no trace", async () => {
    verifies("step-85");
    const upgrade = await Upgrade.prepare(publisher);
    const disk = upgrade.before.clone();
    const bench = await upgrade.machine(disk);
    await bench.start();
    const writes = disk.record.length;
    const text = new TextDecoder().decode(upgrade.pushed.bytes);
    const forged = new TextEncoder().encode(text.replace("2.0.0", "2.0.1"));
    expect(await bench.hand(forged)).toMatchObject({
      verdict: "refused",
      code: "SIGNATURE_INVALID",
    });
    expect(disk.record.length).toBe(writes);
    await bench.clear();
  });
});

test("the table: every state is reached, and every state with work has a way on", () => {
  const reached = new Set(transitions.map(([, , next]) => next));
  for (const state of Object.keys(works) as State[]) {
    if (state !== "recognized") expect(reached).toContain(state);
    const ways = transitions.filter(([from]) => from === state).map(([, event]) => event);
    if (works[state] === undefined) expect(ways).toEqual([]);
    else expect(ways).toEqual(expect.arrayContaining(["done", "later"]));
  }
  const pairs = transitions.map(([state, event]) => `${state} ${event}`);
  expect(new Set(pairs).size).toBe(pairs.length);
});

test("a deployment that works costs few journal writes", async () => {
  const upgrade = await Upgrade.prepare(publisher);
  const disk = upgrade.before.clone();
  const watched = watchJournal(disk, { state: "refused", moment: "entered", effect: "kill" });
  const bench = await upgrade.machine(disk, watched);
  await bench.deliver(upgrade.pushed);
  expect(watched.states).toEqual([
    "authenticated",
    "obtained",
    "verified",
    "staged",
    "switched",
    "healthy",
    "committed",
    "reported",
  ]);
  await bench.clear();
});
