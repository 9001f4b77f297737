/** `outrider agent rollback`: back to the version before, on this machine. */
import { rollBackPackage } from "../../agent/rollback.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultAgentConfig, readAgentConfig } from "../../config.ts";
import { everyTransport } from "../../wiring/every-transport.ts";

export const rollbackCommand: CommandDefinition = (group, context) => {
  group
    .command("rollback")
    .argument("<package>", "name of an installed package")
    .argument("[config]", "agent configuration", defaultAgentConfig)
    .description("go back to the version before; the one that is left is not installed here again")
    .addHelpText(
      "after",
      '\nThe strategy "directory" keeps the version before. Stop a running agent first.\n\nExample:\n  outrider agent rollback demo-app',
    )
    .action(async (name: string, path: string) => {
      const terminal = context.terminal();
      const config = await readAgentConfig(terminal, path);
      const done = await rollBackPackage(terminal, config, name, everyTransport);
      terminal.result(done, [
        `${name} ${done.version} runs again; ${done.left} will not be installed here any more, a higher version will.`,
        ...(done.receiptsWaiting === 0
          ? []
          : [`${done.receiptsWaiting} receipts wait to be sent.`]),
      ]);
    });
};
