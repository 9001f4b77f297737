/**
 * Groups and agents that the server of the workspace does not know, and groups that nobody may push to.
 *
 * Only warnings: agents also enrol themselves, and another server may know them.
 */
import { isOutriderError, say } from "../../errors/index.ts";
import { nearestWord, type PushFile, type ServerConfig, type Trust } from "../../schema/index.ts";
import { pushRequirements } from "../../trust/index.ts";
import type { Remark, Repair } from "../remark.ts";
import type { Surroundings } from "../surroundings.ts";

/** Examines whom a push names. */
export function examineAudience(
  { audience, rollout }: PushFile,
  { server, trust }: Surroundings,
): Remark[] {
  const groups = (audience.groups ?? []).map((name, at) => ({
    pointer: `/audience/groups/${at}`,
    name,
  }));
  const waves = (rollout?.waves ?? []).flatMap(({ group }, at) =>
    group === undefined ? [] : [{ pointer: `/rollout/waves/${at}/group`, name: group }],
  );
  const agents = (audience.agents ?? []).map((name, at) => ({
    pointer: `/audience/agents/${at}`,
    name,
  }));
  return [
    ...(server === undefined ? [] : unknown([...groups, ...waves], agents, server.document)),
    ...(trust === undefined ? [] : forbidden(groups, trust.document)),
  ];
}

interface Named {
  readonly pointer: string;
  readonly name: string;
}

function unknown(
  groups: readonly Named[],
  agents: readonly Named[],
  { agents: registered = [] }: ServerConfig,
): Remark[] {
  // A server whose agents all enrol themselves lists none: then nothing can be said.
  if (registered.length === 0) return [];
  const knownGroups = [...new Set(registered.flatMap((agent) => agent.groups))];
  const knownAgents = registered.map(({ id }) => id);
  return [
    ...groups
      .filter(({ name }) => !knownGroups.includes(name))
      .map(({ pointer, name }) =>
        remark(
          pointer,
          say("The server of this workspace has no agent in group {0}.", name),
          respell(pointer, name, knownGroups),
        ),
      ),
    ...agents
      .filter(({ name }) => !knownAgents.includes(name))
      .map(({ pointer, name }) =>
        remark(
          pointer,
          say("The server of this workspace has no agent {0}.", name),
          respell(pointer, name, knownAgents),
        ),
      ),
  ];
}

function remark(pointer: string, sentence: Remark["sentence"], repairs: Repair[]): Remark {
  return { code: "AUDIENCE_UNKNOWN", severity: "warning", pointer, sentence, repairs };
}

function respell(pointer: string, name: string, known: readonly string[]): Repair[] {
  const meant = nearestWord(name, known);
  return meant === undefined
    ? []
    : [
        {
          title: say("Write {0}", meant),
          changes: [{ kind: "write", pointer, value: meant }],
          safe: false,
        },
      ];
}

function forbidden(groups: readonly Named[], trust: Trust): Remark[] {
  return groups
    .filter(({ name }) => !mayBePushedTo(trust, name))
    .map(({ pointer, name }) => ({
      code: "KEY_ROLE",
      severity: "warning",
      pointer,
      sentence: say("The trust document lets nobody push to group {0}.", name),
    }));
}

function mayBePushedTo(trust: Trust, group: string): boolean {
  try {
    return pushRequirements(trust, { groups: [group] }).length > 0;
  } catch (error) {
    if (isOutriderError(error) && error.code === "KEY_ROLE") return false;
    throw error;
  }
}
