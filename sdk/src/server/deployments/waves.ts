/**
 * Cuts an audience into waves. Who comes when is drawn by HMAC-SHA-256(deployment id, agent id), so that
 *
 * - raising a share only adds agents and never swaps them (monotone);
 * - no agent is always among the first (another deployment, another order);
 * - nobody can choose his place without choosing the deployment's id.
 */
import { createHmac } from "node:crypto";
import type { PlannedWave } from "../../ledger/index.ts";
import type { Rollout, Wave } from "../../schema/index.ts";

/** A wave and who is in it. */
export interface CutWave<T> extends PlannedWave {
  readonly members: readonly T[];
}

/** Someone who can be put into a wave. */
export interface WaveMember {
  readonly agent: string;
  readonly groups: readonly string[];
}

/** Everybody lands in exactly one wave: whom no wave names is in a last one, with the settings of the one before. */
export function cutWaves<T extends WaveMember>(
  deployment: string,
  audience: readonly T[],
  rollout: Rollout,
): CutWave<T>[] {
  const cut: CutWave<T>[] = [];
  let rest = inDrawnOrder(deployment, audience);
  const add = (name: string, wave: Partial<Wave>, count: number, isMeant: Meant<T>): void => {
    const { taken, left } = take(rest, count, isMeant);
    rest = left;
    if (taken.length > 0) cut.push({ ...settings(wave), name, size: taken.length, members: taken });
  };
  const waves: readonly Partial<Wave>[] = rollout.waves ?? [];
  const [first = {}] = waves;
  if (rollout.firstOfOne === true) add("first", first, 1, membersOf(first.group));
  for (const wave of waves) {
    const name = wave.name ?? wave.group ?? `${wave.share}%`;
    // Shares count the whole audience, whoever was reached by group before.
    const upTo = Math.ceil((audience.length * (wave.share ?? 100)) / 100);
    const count = upTo - (audience.length - rest.length);
    add(name, wave, wave.group === undefined ? count : Infinity, membersOf(wave.group));
  }
  add(waves.length === 0 ? "all" : "rest", waves.at(-1) ?? {}, Infinity, membersOf(undefined));
  return cut;
}

/** The audience in the order in which shares take it. */
export function inDrawnOrder<T extends WaveMember>(
  deployment: string,
  audience: readonly T[],
): T[] {
  const places = Float64Array.from(audience, ({ agent }) =>
    createHmac("sha256", deployment).update(agent).digest().readUIntBE(0, 6),
  );
  // Numbers are sorted, not objects: an audience may be ten million.
  const order = Uint32Array.from(audience.keys()).toSorted(
    (one, other) => (places[one] ?? 0) - (places[other] ?? 0) || one - other,
  );
  const drawn: T[] = [];
  for (const index of order) {
    const member = audience[index];
    if (member !== undefined) drawn.push(member);
  }
  return drawn;
}

type Meant<T> = (member: T) => boolean;

function membersOf(group: string | undefined): Meant<WaveMember> {
  return group === undefined ? () => true : ({ groups }) => groups.includes(group);
}

/** The first so many who are meant, in order, and everybody else, in order. */
function take<T>(
  members: readonly T[],
  count: number,
  isMeant: Meant<T>,
): { taken: T[]; left: T[] } {
  const taken: T[] = [];
  const left: T[] = [];
  for (const member of members)
    (taken.length < count && isMeant(member) ? taken : left).push(member);
  return { taken, left };
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
