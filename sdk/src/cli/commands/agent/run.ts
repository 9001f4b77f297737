/** `outrider agent run`: listens to every configured transport until told to stop. */
import { runAgent } from "../../agent/run.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultAgentConfig, readAgentConfig } from "../../config.ts";
import { everyTransport } from "../../wiring/every-transport.ts";

export const runCommand: CommandDefinition = (group, context) => {
  group
    .command("run")
    .argument("[config]", "agent configuration", defaultAgentConfig)
    .description("listen, install and report until Ctrl-C")
    .addHelpText("after", "\nExample:\n  outrider agent run outrider-agent.json")
    .action(async (path: string) => {
      const terminal = context.terminal();
      await runAgent(terminal, await readAgentConfig(terminal, path), everyTransport);
    });
};
