/**
 * Fig. 3, step 64, second half: can this be carried out as it is ordered?
 *
 * The audience is frozen here: every group and agent that the trigger names must be registered, each agent must be
 * reachable by a transport of this server, each address be of the right length and form, and the waves make sense.
 * One fault refuses the whole: nothing is half-applied.
 */
import { windowFault } from "../calendar/index.ts";
import { OutriderError } from "../errors/index.ts";
import type { Rollout, Trigger } from "../schema/index.ts";
import { reachAudience, type ReachParts } from "./audience/reach.ts";
import type { Roster } from "./audience/roster.ts";
import type { AuthenticTrigger } from "./authenticate.ts";

declare const step: unique symbol;

/** A trigger that can be carried out, with everyone whom it reaches. */
export interface ValidTrigger extends Omit<AuthenticTrigger, typeof step> {
  readonly [step]: "valid";
  readonly audience: Roster;
}

/** @throws AUDIENCE_UNKNOWN, ADDRESS_INVALID, PLAN_INVALID */
export async function validateTrigger(
  authentic: AuthenticTrigger,
  parts: ReachParts,
): Promise<ValidTrigger> {
  const { trigger } = authentic;
  requirePlan(trigger.rollout ?? {}, trigger.id);
  requireTime(trigger);
  const audience = await reachAudience(trigger, parts, `trigger ${trigger.id}`);
  requireWaveGroups(trigger, audience);
  return { ...authentic, audience } as unknown as ValidTrigger;
}

/** Shares must rise and stay within 100; windows must open some time. */
function requirePlan(rollout: Rollout, id: string): void {
  let reached = 0;
  for (const [index, wave] of (rollout.waves ?? []).entries()) {
    if (wave.share === undefined) continue;
    if (wave.share <= reached)
      throw new OutriderError(
        "PLAN_INVALID",
        `Wave ${index + 1} of trigger ${id} reaches ${wave.share} %, but ${reached} % have it already. Shares are cumulative: let them rise.`,
        { subject: id, pointer: `/rollout/waves/${index}/share` },
      );
    reached = wave.share;
  }
  for (const [index, window] of (rollout.windows ?? []).entries()) {
    const fault = windowFault(window);
    if (fault !== undefined)
      throw new OutriderError("PLAN_INVALID", `Window ${index + 1} of trigger ${id} ${fault}.`, {
        subject: id,
        pointer: `/rollout/windows/${index}`,
      });
  }
}

function requireTime({ id, rollout, expiresAt }: Trigger): void {
  const { notBefore } = rollout ?? {};
  if (notBefore === undefined || Date.parse(notBefore) < Date.parse(expiresAt)) return;
  throw new OutriderError(
    "PLAN_INVALID",
    `Trigger ${id} wants nothing sent before ${notBefore}, and ends at ${expiresAt}: it would never be sent.`,
    { subject: id, pointer: "/rollout/notBefore" },
  );
}

function requireWaveGroups(trigger: Trigger, audience: Roster): void {
  for (const [index, wave] of (trigger.rollout?.waves ?? []).entries()) {
    const { group } = wave;
    if (group === undefined || hasMember(audience, group)) continue;
    throw new OutriderError(
      "PLAN_INVALID",
      `Wave ${index + 1} of trigger ${trigger.id} is for group ${group}, of which nobody is in the audience.`,
      { subject: trigger.id, pointer: `/rollout/waves/${index}/group` },
    );
  }
}

function hasMember(audience: Roster, group: string): boolean {
  for (let index = 0; index < audience.size; index++) if (audience.isIn(index, group)) return true;
  return false;
}
