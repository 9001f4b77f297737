/** `outrider prune`: removes what deployments that are long over say of single machines. */
import type { CommandDefinition } from "../command.ts";
import { defaultServerConfig } from "../config.ts";
import { formatCount } from "../format.ts";
import { wholeNumber } from "../options.ts";
import { pruneOlderThan } from "../wiring/pruning.ts";
import { withStore } from "../wiring/registry.ts";

export const prune: CommandDefinition = (program, context) => {
  program
    .command("prune")
    .requiredOption(
      "--older-than <days>",
      "deployments that are over, and whose orders expired so many days ago",
      wholeNumber,
    )
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .description("remove what old deployments say of single machines")
    .addHelpText(
      "after",
      "\nTotals, events and the audit log stay, and what was ordered once is never taken again. The server may run meanwhile; with retentionDays in its configuration it does this itself.\n\nExample:\n  outrider prune --older-than 400",
    )
    .action(async ({ olderThan, config }: { olderThan: number; config: string }) => {
      const terminal = context.terminal();
      const removed = await withStore(terminal, config, ({ deployments }) =>
        pruneOlderThan(olderThan, deployments, terminal.signal),
      );
      terminal.result({ removed }, `${formatCount(removed, "row")} of machines removed.`);
    });
};
