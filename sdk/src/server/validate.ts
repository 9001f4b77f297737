/**
 * Fig. 3, step 64, second half: can this be carried out as it is ordered?
 *
 * The audience is frozen here: every group and agent that the trigger names must be registered, each agent must be
 * reachable by a transport of this server, each address be of the right length and form, and the waves make sense.
 * One fault refuses the whole: nothing is half-applied.
 */
import { OutriderError } from "../errors/index.ts";
import type { AgentRegistry } from "../ledger/index.ts";
import type { RegisteredAgent, Rollout, Trigger } from "../schema/index.ts";
import { requireMailAddress } from "./address.ts";
import type { AuthenticTrigger } from "./authenticate.ts";
import { requireWindows } from "./deployments/windows.ts";
import type { TransportProfile } from "./transports.ts";

declare const step: unique symbol;

/** A trigger that can be carried out, with everyone whom it reaches. */
export interface ValidTrigger extends Omit<AuthenticTrigger, typeof step> {
  readonly [step]: "valid";
  readonly audience: readonly ReachableAgent[];
}

/** An agent, and the way to it. */
export interface ReachableAgent {
  readonly agent: string;
  readonly groups: readonly string[];
  /** The first of its addresses that this server has a transport for. */
  readonly transport: string;
  readonly address: string;
}

/** What validating needs. */
export interface ValidateParts {
  readonly agents: AgentRegistry;
  /** The server's ways out. */
  readonly transports: readonly TransportProfile[];
}

/** @throws AUDIENCE_UNKNOWN, ADDRESS_INVALID, PLAN_INVALID */
export async function validateTrigger(
  authentic: AuthenticTrigger,
  parts: ValidateParts,
): Promise<ValidTrigger> {
  const { trigger } = authentic;
  requirePlan(trigger.rollout ?? {}, trigger.id);
  const registered = await parts.agents.matching(trigger.audience);
  requireEveryone(trigger, registered);
  requireWaveGroups(trigger, registered);
  const transports = new Set(parts.transports.map(({ name }) => name));
  const audience = registered.map((agent) => reach(agent, transports));
  return { ...authentic, audience } as unknown as ValidTrigger;
}

/** Shares must rise and stay within 100. */
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
  requireWindows(rollout.windows ?? [], id);
}

function requireEveryone(trigger: Trigger, registered: readonly RegisteredAgent[]): void {
  const groups = new Set(registered.flatMap((agent) => agent.groups));
  const ids = new Set(registered.map((agent) => agent.id));
  const missing =
    trigger.audience.groups?.find((group) => !groups.has(group)) ??
    trigger.audience.agents?.find((agent) => !ids.has(agent));
  if (missing !== undefined || registered.length === 0)
    throw new OutriderError(
      "AUDIENCE_UNKNOWN",
      missing === undefined
        ? `The audience of trigger ${trigger.id} is empty.`
        : `${missing}, in the audience of trigger ${trigger.id}, is neither a registered agent nor a group with one. Check the name, or register it.`,
      { subject: trigger.id, pointer: "/audience" },
    );
}

function requireWaveGroups(trigger: Trigger, registered: readonly RegisteredAgent[]): void {
  const groups = new Set(registered.flatMap((agent) => agent.groups));
  for (const [index, wave] of (trigger.rollout?.waves ?? []).entries())
    if (wave.group !== undefined && !groups.has(wave.group))
      throw new OutriderError(
        "PLAN_INVALID",
        `Wave ${index + 1} of trigger ${trigger.id} is for group ${wave.group}, of which nobody is in the audience.`,
        { subject: trigger.id, pointer: `/rollout/waves/${index}/group` },
      );
}

/** The agent's addresses in its own order: the first that this server can use. */
function reach(agent: RegisteredAgent, transports: ReadonlySet<string>): ReachableAgent {
  for (const [transport, value] of Object.entries(agent.addresses) as [
    string,
    string | boolean,
  ][]) {
    if (value === false || !transports.has(transport)) continue;
    const address = value === true ? transport : value; // who reads a share has no address of his own
    if (transport === "email") requireMailAddress(address, agent.id);
    return { agent: agent.id, groups: agent.groups, transport, address };
  }
  throw new OutriderError(
    "ADDRESS_INVALID",
    `Agent ${agent.id} has no address in any of this server's transports (${[...transports].join(", ")}).`,
    { subject: agent.id, pointer: "/addresses" },
  );
}
