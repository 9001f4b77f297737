/** `outrider agent status`: what is installed, what waits, and the key that a server must know. */
import type { CommandDefinition } from "../../command.ts";
import { defaultAgentConfig, readAgentConfig } from "../../config.ts";
import { formatTable } from "../../table.ts";
import { readAgentStatus } from "../../wiring/agent.ts";
import { largeTransports } from "../../wiring/large-transports.ts";

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
        largeTransports,
      );
      const installed = Object.entries(status.installed).map(([name, { version }]) => [
        name,
        version,
      ]);
      terminal.result(status, [
        `Agent ${status.id} in ${status.groups.join(", ") || "no group"}, trust version ${status.trust.version} until ${status.trust.expiresAt}.`,
        `Key ${status.key.fingerprint}`,
        `  for the server's list of agents: ${status.key.packet}`,
        "",
        ...(installed.length === 0
          ? ["Nothing installed."]
          : formatTable(["package", "version"], installed)),
        ...status.unfinished.map(
          ({ package: { name, version }, state }) => `${name} ${version} is ${state}.`,
        ),
        ...(status.receiptsWaiting === 0 ? [] : [`${status.receiptsWaiting} receipts wait.`]),
      ]);
    });
};
