/**
 * Whom a trigger reaches, and by what: everybody its audience names, each by the first of their addresses that the
 * server has a transport for. The only place that decides it, for the pipeline and for whoever draws a plan beforehand.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import type { AgentRegistry } from "../../ledger/index.ts";
import type { Audience, RegisteredAgent, Rollout } from "../../schema/index.ts";
import { parseAddress } from "../../transport/index.ts";
import type { TransportProfile } from "../carriage/transports.ts";
import { packRoster } from "./packed.ts";
import type { Roster } from "./roster.ts";

/** An agent, and the way to it. */
export interface ReachableAgent {
  readonly agent: string;
  readonly groups: readonly string[];
  /** Of the first of its addresses that this server has a transport for, and that is wanted. */
  readonly transport: string;
  readonly address: string;
}

/** What reaching needs. */
export interface ReachParts {
  readonly agents: Pick<AgentRegistry, "matching">;
  /** The server's ways out. */
  readonly transports: readonly TransportProfile[];
}

/** Whom an order is for, and by what they may be told. */
export interface Reach {
  readonly audience: Audience;
  readonly rollout?: Pick<Rollout, "transports">;
}

/** So few that they are gone before the collector keeps them: of thousands, a million leave 15 MB more. */
const pageSize = 500;

/**
 * Everybody, by id. The event loop turns after each page.
 *
 * @param subject id of what names the audience, for the error.
 * @throws AUDIENCE_UNKNOWN if a group or an agent is not registered; ADDRESS_INVALID if somebody cannot be reached
 */
export async function reachAudience(
  { audience, rollout }: Reach,
  parts: ReachParts,
  subject: string,
): Promise<Roster> {
  const transports = wantedOf(parts.transports, rollout?.transports);
  const missing = new Set([
    ...(audience.groups ?? []).map((name) => `group ${name}`),
    ...(audience.agents ?? []).map((id) => `agent ${id}`),
  ]);
  const reached = packRoster();
  for (let after = ""; ;) {
    const page = await parts.agents.matching(audience, { after, limit: pageSize });
    for (const agent of page) {
      missing.delete(`agent ${agent.id}`);
      for (const group of agent.groups) missing.delete(`group ${group}`);
      reached.add(reach(agent, transports));
    }
    after = page.at(-1)?.id ?? after;
    if (page.length < pageSize) break;
    await nextTurn();
  }
  requireEveryone(missing, reached.size, subject);
  return reached.pack();
}

/** Names of the server's ways out; only those that are wanted, if any are named. */
export function wantedOf(
  transports: readonly Pick<TransportProfile, "name">[],
  wanted: readonly string[] | undefined,
): ReadonlySet<string> {
  const names = transports.map(({ name }) => name);
  return new Set(wanted === undefined ? names : names.filter((name) => wanted.includes(name)));
}

function requireEveryone(missing: ReadonlySet<string>, reached: number, subject: string): void {
  const [first] = missing;
  if (first === undefined && reached > 0) return;
  throw new OutriderError(
    "AUDIENCE_UNKNOWN",
    first === undefined
      ? `The audience of ${subject} is empty.`
      : `${first}, in the audience of ${subject}, is not registered.`,
    { subject, pointer: "/audience" },
  );
}

/** The agent's addresses in its own order: the first that this server can use. */
function reach(agent: RegisteredAgent, transports: ReadonlySet<string>): ReachableAgent {
  const [way] = waysTo(agent, transports);
  if (way?.transport === "email") requireMailAddress(way.address, agent.id);
  if (way !== undefined) return { agent: agent.id, groups: agent.groups, ...way };
  throw new OutriderError(
    "ADDRESS_INVALID",
    `Agent ${agent.id} has no address in any transport that this server has and that may be used (${[...transports].join(", ")}).`,
    { subject: agent.id, pointer: "/addresses" },
  );
}

/** The agent's addresses in its own order, as far as this server can use them. */
export function waysTo(
  { addresses }: Pick<RegisteredAgent, "addresses">,
  transports: ReadonlySet<string>,
): { readonly transport: string; readonly address: string }[] {
  const written = Object.entries(addresses) as [string, string | boolean][];
  return written.flatMap(
    ([transport, value]) =>
      value === false || !transports.has(transport)
        ? []
        : [{ transport, address: value === true ? transport : value }], // who reads a share has no address of his own
  );
}

/** @throws ADDRESS_INVALID naming the agent */
export function requireMailAddress(text: string, agent: string): void {
  try {
    parseAddress(text);
  } catch (cause) {
    if (!isOutriderError(cause)) throw cause;
    throw new OutriderError("ADDRESS_INVALID", `Agent ${agent}: ${cause.message}`, {
      subject: agent,
      pointer: "/addresses/email",
      cause,
    });
  }
}
