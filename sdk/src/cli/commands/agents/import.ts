/** `outrider agents import`: registers agents from a JSON list or a CSV table; all of them, or none. */
import { IdNumbers } from "../../../server/agents/distinct-ids.ts";
import { openAgentList } from "../../agent-list.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultServerConfig, readServerConfig } from "../../config.ts";
import { formatCount } from "../../format.ts";

export const importCommand: CommandDefinition = (group, context) => {
  group
    .command("import")
    .argument("<file>", "a list as in the server's configuration (.json), or a table (.csv)")
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .description("register agents, or replace what is known of them; all or none")
    .addHelpText(
      "after",
      "\nColumns of a table: id, groups (separated by blanks or semicolons), email, unc, stick, http (yes or empty), key, encryptionKey; any other column is a fact.\n\nExample:\n  outrider agents import machines.csv",
    )
    .action(async (file: string, options: { config: string }) => {
      const terminal = context.terminal();
      await readServerConfig(terminal, options.config);
      const agents = await openAgentList(terminal, file);
      const { judgeEncryptionKeys } = await import("../../../server/index.ts");
      const ids = new IdNumbers();
      const count = await judgeEncryptionKeys(ids.noting(agents));
      ids.requireDistinct(agents, file);
      const { withRegistry } = await import("../../wiring/registry.ts");
      await withRegistry(terminal, options.config, (registry) => registry.put(agents));
      terminal.result({ imported: count }, `${formatCount(count, "agent")} registered.`);
    });
};
