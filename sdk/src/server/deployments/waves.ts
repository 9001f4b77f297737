/**
 * Cuts an audience into waves. Who comes when is drawn by HMAC-SHA-256(deployment id, agent id), so that
 *
 * - raising a share only adds agents and never swaps them (monotone);
 * - no agent is always among the first (another deployment, another order);
 * - nobody can choose his place without choosing the deployment's id.
 */
import { createHmac } from "node:crypto";
import { OutriderError } from "../../errors/index.ts";
import type { Rollout, Wave } from "../../schema/index.ts";
import type { PlannedWave } from "../store.ts";

/** A wave and who is in it. */
export interface CutWave<T> extends PlannedWave {
  readonly members: readonly T[];
  /** The group it is for, where it is for one. */
  readonly group?: string;
}

/** Someone who can be put into a wave. */
export interface WaveMember {
  readonly agent: string;
  readonly groups: readonly string[];
}

/**
 * Everybody lands in exactly one wave: whom no wave names is in a last one of its own.
 *
 * @throws PLAN_INVALID where a wave would be empty though it was asked for
 */
export function cutWaves<T extends WaveMember>(
  deployment: string,
  audience: readonly T[],
  rollout: Rollout,
): CutWave<T>[] {
  const rest = inDrawnOrder(deployment, audience);
  const taken = new Set<string>();
  const cut: CutWave<T>[] = [];
  const add = (members: T[], wave: Partial<Wave>, name: string): void => {
    for (const member of members) taken.add(member.agent);
    if (members.length > 0)
      cut.push({
        ...settings(wave),
        name,
        size: members.length,
        members,
        ...(wave.group === undefined ? {} : { group: wave.group }),
      });
  };
  const remaining = (): T[] => rest.filter((member) => !taken.has(member.agent));
  const waves: readonly Partial<Wave>[] = rollout.waves ?? [];
  if (rollout.firstOfOne === true)
    add(firstOf(rest, waves[0]), waves[0] === undefined ? {} : withoutName(waves[0]), "first");
  for (const [index, wave] of waves.entries()) {
    const name = wave.name ?? wave.group ?? `${wave.share}%`;
    if (wave.group !== undefined) {
      const { group } = wave;
      add(
        remaining().filter((member) => member.groups.includes(group)),
        wave,
        name,
      );
      continue;
    }
    const upTo = Math.ceil((audience.length * (wave.share ?? 100)) / 100);
    // Shares count the whole audience, whoever was reached by group before.
    add(remaining().slice(0, Math.max(0, upTo - taken.size)), wave, name);
    if (cut.length === 0)
      throw new OutriderError(
        "PLAN_INVALID",
        `Wave ${index + 1} of ${deployment} reaches nobody.`,
        { subject: deployment, pointer: `/rollout/waves/${index}` },
      );
  }
  add(remaining(), withoutName(waves.at(-1) ?? {}), waves.length === 0 ? "all" : "rest");
  return cut;
}

/** The audience in the order in which shares take it. */
export function inDrawnOrder<T extends WaveMember>(
  deployment: string,
  audience: readonly T[],
): T[] {
  const drawn = audience.map((member) => ({
    member,
    place: createHmac("sha256", deployment).update(member.agent).digest().readUIntBE(0, 6),
  }));
  drawn.sort(
    (one, other) => one.place - other.place || (one.member.agent < other.member.agent ? -1 : 1),
  );
  return drawn.map(({ member }) => member);
}

function firstOf<T extends WaveMember>(
  ordered: readonly T[],
  wave: Partial<Wave> | undefined,
): T[] {
  const group = wave?.group;
  const first =
    group === undefined ? ordered[0] : ordered.find((member) => member.groups.includes(group));
  return first === undefined ? [] : [first];
}

function withoutName(wave: Partial<Wave>): Partial<Wave> {
  const { name: _name, group: _group, ...settings } = wave;
  return settings;
}

function settings(
  wave: Partial<Wave>,
): Pick<
  PlannedWave,
  "successThreshold" | "errorThreshold" | "noAnswer" | "deadlineSeconds" | "soakSeconds"
> {
  return {
    successThreshold: wave.successThreshold ?? 100,
    errorThreshold: wave.errorThreshold ?? 0,
    noAnswer: wave.noAnswer ?? "failed",
    deadlineSeconds: wave.deadlineSeconds ?? 86_400,
    soakSeconds: wave.soakSeconds ?? 0,
  };
}
