/**
 * A plan before anybody has ordered it: waves, and jobs with their times. Pure, and the same for the same input, so
 * that the server, `outrider plan`, the editor and the simulation draw one and the same. For ten recipients or ten
 * million: everything that grows with them is a column of numbers.
 */
import type { PlannedWave } from "../../ledger/index.ts";
import type { Delivery, Rollout } from "../../schema/index.ts";
import type { Roster } from "../audience/roster.ts";
import { carryOf } from "../carriage/carry.ts";
import type { TransportProfile } from "../carriage/transports.ts";
import { planJobs, type DraftJob } from "./jobs.ts";
import { drawOrder } from "./order.ts";
import { cutWaves } from "./waves.ts";

/** What a plan is drawn from. */
export interface PlanInput {
  /** Id of the deployment: it draws the order. */
  readonly deployment: string;
  readonly roster: Roster;
  readonly rollout: Rollout;
  readonly delivery: Delivery;
  /** Bytes of the full archive. */
  readonly archiveBytes: number;
  readonly transports: readonly TransportProfile[];
}

/** Waves and jobs. Members are numbers in the roster. */
export interface DraftPlan {
  readonly waves: readonly PlannedWave[];
  readonly jobs: readonly DraftJob[];
}

/** Draws a plan; nothing is sent by it. */
export function draftPlan(input: PlanInput): DraftPlan {
  const work = draftInSlices(input);
  for (;;) {
    const slice = work.next();
    if (slice.done === true) return slice.value;
  }
}

/** The same in slices of some milliseconds (a sort of a million takes longer): for whoever has more to do meanwhile. */
export function* draftInSlices(input: PlanInput): Generator<undefined, DraftPlan, undefined> {
  const { deployment, roster, rollout, transports } = input;
  const order = yield* drawOrder(deployment, roster);
  const waves = cutWaves(order, roster, rollout);
  yield;
  const jobs = yield* planJobs({
    deployment,
    roster,
    transports,
    waves,
    carryBy: (transport) => carryOf(input.delivery, input.archiveBytes, transport),
  });
  return { waves: waves.map(({ members: _members, ...wave }) => wave), jobs };
}
