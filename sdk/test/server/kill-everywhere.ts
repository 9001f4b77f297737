/**
 * One round of THREATS 2.2: a server is killed at every named point, started again, and killed at the next. Nobody is
 * lost; nobody is written to twice but where the relay had taken the mail and its answer was not seen, and then with the
 * same Message-ID; nothing took effect without its line in the audit log.
 */
import { expect } from "vitest";
import { ownPoints, relayPoints, type KillPoint } from "./kill-points.ts";
import type { KillProgram } from "./kill-program.ts";
import { KillRound } from "./kill-round.ts";

/** Rounds of each store: OUTRIDER_KILL_ROUNDS asks for more. */
export const killRounds: number = Number(process.env.OUTRIDER_KILL_ROUNDS ?? "20");

const agents = ["till-1", "till-2", "till-3", "till-4", "till-5"];

/** Kills it everywhere, and expects what must be so. @param connectionString of an empty database; else a file is the store */
export async function killEverywhere(
  program: KillProgram,
  number: number,
  connectionString?: string,
): Promise<void> {
  const round = await KillRound.open(program, agents, connectionString);
  try {
    await killAndExpect(round, number);
  } finally {
    await round.close();
  }
}

/** Later rounds kill at a later passing; each run plans once, and writes one line before it has planned. */
function passingOf(point: KillPoint, round: number): number {
  return point.includes("the plan") ? 1 : ((round - 1) % 3) + 1;
}

async function killAndExpect(round: KillRound, number: number): Promise<void> {
  const places: KillPoint[] = [...ownPoints, ...relayPoints];
  const survived: string[] = [];
  const deployments: string[] = [];
  for (const point of places) {
    deployments.push(await round.bring());
    if (!(await round.run(point, passingOf(point, number)))) survived.push(point);
  }
  expect(survived).toEqual([]); // every one of them was really killed
  expect(await round.run()).toBe(false);

  for (const id of deployments) {
    const progress = await round.vendor.store.deployments.progress(id);
    const installed = progress?.waves.reduce((sum, { counts }) => sum + counts.installed, 0);
    expect([progress?.state, installed]).toEqual(["finished", agents.length]);
  }
  // Every agent has every notification at least once. Mails go out one after the other, so of all that a run sent only
  // its last can have been taken without being booked: that one may come again, known by its Message-ID.
  const last = new Map(round.mails.map(({ run, messageId }) => [run, messageId]));
  const inGap = new Set(last.values());
  const copies = new Map<string, number>();
  for (const { messageId, to } of round.mails)
    for (const address of to)
      copies.set(`${messageId} ${address}`, (copies.get(`${messageId} ${address}`) ?? 0) + 1);
  expect(copies.size).toBe(agents.length * deployments.length);
  const doubled = [...copies]
    .filter(([, count]) => count > 1)
    .map(([key]) => key.split(" ")[0] ?? "");
  expect(doubled.filter((messageId) => !inGap.has(messageId))).toEqual([]);
  await expectAudited(round, deployments);
}

/** Each deployment has its line; whatever was killed between line and plan has a line that says so, and then another. */
async function expectAudited(round: KillRound, deployments: readonly string[]): Promise<void> {
  const lines = (await round.auditLines()).filter(({ kind }) => kind === "trigger");
  const taken = lines.filter(({ verdict }) => verdict === "accepted").map(({ id }) => id);
  const cancelled = lines.filter(({ code }) => code === "CANCELLED").map(({ id }) => id);
  expect(new Set(taken)).toEqual(new Set(deployments));
  expect(cancelled.length).toBeGreaterThan(0);
  expect(taken.length).toBe(deployments.length + cancelled.length);
}
