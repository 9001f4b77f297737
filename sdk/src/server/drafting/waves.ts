/**
 * Cuts an audience into waves. Who comes when is drawn by HMAC-SHA-256(deployment id, agent id), so that
 *
 * - raising a share only adds agents and never swaps them (monotone);
 * - no agent is always among the first (another deployment, another order);
 * - nobody can choose his place without choosing the deployment's id.
 */
import type { PlannedWave } from "../../ledger/index.ts";
import type { Rollout, Wave } from "../../schema/index.ts";
import type { Roster } from "../audience/roster.ts";

/** A wave and who is in it, in drawn order. */
export interface CutWave extends PlannedWave {
  readonly members: Uint32Array;
}

/**
 * Everybody lands in exactly one wave: whom no wave names is in a last one, with the settings of the one before.
 *
 * @param order of all members, as `drawOrder` makes it; it is cut up, not kept.
 */
export function cutWaves(
  order: Uint32Array,
  roster: Pick<Roster, "isIn">,
  rollout: Rollout,
): CutWave[] {
  const cut: CutWave[] = [];
  let rest = order;
  const add = (name: string, wave: Partial<Wave>, count: number, group?: string): void => {
    const { taken, left } = take(rest, Math.max(0, count), roster, group);
    rest = left;
    if (taken.length > 0) cut.push({ ...settings(wave), name, size: taken.length, members: taken });
  };
  const waves: readonly Partial<Wave>[] = rollout.waves ?? [];
  const [first = {}] = waves;
  if (rollout.firstOfOne === true) add("first", first, 1, first.group);
  for (const wave of waves) {
    const name = wave.name ?? wave.group ?? `${wave.share}%`;
    // Shares count the whole audience, whoever was reached by group before.
    const upTo = Math.ceil((order.length * (wave.share ?? 100)) / 100);
    const count = upTo - (order.length - rest.length);
    add(name, wave, wave.group === undefined ? count : Infinity, wave.group);
  }
  add(waves.length === 0 ? "all" : "rest", waves.at(-1) ?? {}, Infinity);
  return cut;
}

/** The first so many, of the group if one is named, in order, and everybody else, in order. */
function take(
  members: Uint32Array,
  count: number,
  roster: Pick<Roster, "isIn">,
  group: string | undefined,
): { taken: Uint32Array; left: Uint32Array } {
  if (group === undefined)
    return {
      taken: members.subarray(0, count),
      left: members.subarray(Math.min(count, members.length)),
    };
  const taken = new Uint32Array(members.length);
  const left = new Uint32Array(members.length);
  let [inside, outside] = [0, 0];
  for (const member of members)
    if (inside < count && roster.isIn(member, group)) taken[inside++] = member;
    else left[outside++] = member;
  return { taken: taken.slice(0, inside), left: left.subarray(0, outside) };
}

function settings(wave: Partial<Wave>): Omit<PlannedWave, "name" | "size"> {
  return {
    successThreshold: wave.successThreshold ?? 100,
    errorThreshold: wave.errorThreshold ?? 0,
    noAnswer: wave.noAnswer ?? "failed",
    deadlineSeconds: wave.deadlineSeconds ?? 86_400,
    soakSeconds: wave.soakSeconds ?? 0,
  };
}
