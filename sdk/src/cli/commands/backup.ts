/** `outrider backup` and `outrider restore`: a server's data directory, copied while it runs and put back. */
import { resolvePath } from "../../release/files.ts";
import type { CommandDefinition } from "../command.ts";
import { defaultServerConfig, readServerConfig } from "../config.ts";
import { backUp, restore } from "../wiring/backup.ts";

export const backups: CommandDefinition = (program, context) => {
  program
    .command("backup")
    .argument("<directory>", "where the copy goes; only what is new is copied again")
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .description("copy the store, the packages and the audit log of a server, which may run")
    .addHelpText(
      "after",
      "\nThe configuration, the keys and the trust document are files of yours: keep them elsewhere.\n\nExample:\n  outrider backup /var/backups/outrider",
    )
    .action(async (directory: string, options: { config: string }) => {
      const terminal = context.terminal();
      const { values, resolve } = await readServerConfig(terminal, options.config);
      const dataDirectory = resolve(values.dataDirectory);
      await backUp(terminal, dataDirectory, resolvePath(terminal, directory));
      terminal.result({ directory }, `${dataDirectory} is copied to ${directory}.`);
    });
  program
    .command("restore")
    .argument("<directory>", "what outrider backup made")
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .description("put a backup into an empty data directory")
    .addHelpText(
      "after",
      "\nOrders that came after the backup are unknown again: bring them again. Machines that have carried them out do nothing twice.\n\nExample:\n  outrider restore /var/backups/outrider",
    )
    .action(async (directory: string, options: { config: string }) => {
      const terminal = context.terminal();
      const { values, resolve } = await readServerConfig(terminal, options.config);
      const dataDirectory = resolve(values.dataDirectory);
      await restore(terminal, resolvePath(terminal, directory), dataDirectory);
      terminal.result({ dataDirectory }, `${dataDirectory} is as it was. Start the server.`);
    });
};
