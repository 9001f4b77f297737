/** `outrider agent status`: what is installed, what waits, and the key that a server must know. */
import type { AgentStatus } from "../../../agent/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultAgentConfig, readAgentConfig } from "../../config.ts";
import { formatTable } from "../../table.ts";
import { readAgentStatus } from "../../wiring/agent.ts";
import { everyTransport } from "../../wiring/every-transport.ts";

export const statusCommand: CommandDefinition = (group, context) => {
  group
    .command("status")
    .argument("[config]", "agent configuration", defaultAgentConfig)
    .description("show what is installed and what waits, whether the agent runs or not")
    .addHelpText("after", "\nExample:\n  outrider agent status --json")
    .action(async (path: string) => {
      const terminal = context.terminal();
      const status = await readAgentStatus(
        terminal,
        await readAgentConfig(terminal, path),
        everyTransport,
      );
      terminal.result(status, describe(status));
    });
};

function describe(status: AgentStatus): string[] {
  const { id, groups, key, trust, clockBehind, process } = status;
  const { installed, unfinished, quarantined, recalled } = status;
  const mayGoBack = (name: string): boolean =>
    !recalled.some((release) => release.name === name && release.place === "before");
  const rows = Object.entries(installed).map(([name, { version, back }]) => [
    name,
    version,
    back !== undefined && mayGoBack(name) ? back.to.version : "",
  ]);
  return [
    `Agent ${id} in ${groups.join(", ") || "no group"}: ${process === undefined ? "not running" : `process ${process}`}.`,
    `Trust version ${trust.version} until ${trust.expiresAt}.`,
    ...(clockBehind === undefined
      ? []
      : [
          `The clock says ${clockBehind.now}, and the trust document was issued on ${clockBehind.trustIssuedAt}: nothing is installed until it is right.`,
        ]),
    ...status.silentServers.map(
      ({ key: server, expiredAt, transport }) =>
        `Server ${server.slice(-16)} is silent: its last catalog, by ${transport}, ran out on ${expiredAt}.`,
    ),
    `Key ${key.fingerprint}`,
    `  for the server's list of agents: ${key.packet}`,
    "",
    ...(rows.length === 0
      ? ["Nothing installed."]
      : formatTable(["package", "version", "way back to"], rows)),
    ...recalled
      .filter(({ place }) => place === "installed")
      .map(
        ({ name, version, by }) =>
          `${name} ${version} was recalled by ${by} and runs on until a higher version comes${installed[name]?.back !== undefined && mayGoBack(name) ? `, or: outrider agent rollback ${name}` : "."}`,
      ),
    ...unfinished.map(
      ({ package: { name, version }, state, since, waiting }) =>
        `${name} ${version} is ${state}, here since ${since}${waiting === undefined ? "." : `. ${waiting.code}: ${waiting.message}`}`,
    ),
    ...quarantined.map(
      ({ name, version, code }) =>
        `${name} ${version} failed here (${code}) and is not tried again; a higher version is.`,
    ),
    ...(status.receiptsWaiting === 0
      ? []
      : [`${status.receiptsWaiting} receipts wait to be sent.`]),
  ];
}
