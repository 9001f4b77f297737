/** `outrider backup` and `outrider restore`: a server's data directory, copied while it runs and put back. */
import { resolvePath } from "../../release/files.ts";
import type { CommandDefinition } from "../command.ts";
import { defaultServerConfig, readServerConfig } from "../config.ts";
import type { Terminal } from "../io.ts";
import { backUp, restore, type Saved } from "../wiring/backup.ts";
import { databaseOf } from "../wiring/store.ts";

export const backups: CommandDefinition = (program, context) => {
  program
    .command("backup")
    .argument("<directory>", "where the copy goes; only what is new is copied again")
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .description("copy the store, the packages and the audit log of a server, which may run")
    .addHelpText(
      "after",
      "\nThe configuration, the keys and the trust document are files of yours: keep them elsewhere. A PostgreSQL store is saved by pg_dump, before.\n\nExample:\n  outrider backup /var/backups/outrider",
    )
    .action(async (directory: string, options: { config: string }) => {
      const terminal = context.terminal();
      const saved = await savedBy(terminal, options.config);
      await backUp(terminal, saved, resolvePath(terminal, directory));
      const { dataDirectory, database } = saved;
      const isWhole = database === undefined;
      terminal.result({ directory, store: isWhole }, [
        `${dataDirectory} is copied to ${directory}.`,
        ...(isWhole
          ? []
          : ["The database is not in it: a pg_dump that was finished before belongs to it."]),
      ]);
    });
  program
    .command("restore")
    .argument("<directory>", "what outrider backup made")
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .description("put a backup into an empty data directory")
    .addHelpText(
      "after",
      "\nFill a PostgreSQL store by pg_restore before. Orders that came after the backup are unknown again: bring them again. Machines that have carried them out do nothing twice.\n\nExample:\n  outrider restore /var/backups/outrider",
    )
    .action(async (directory: string, options: { config: string }) => {
      const terminal = context.terminal();
      const saved = await savedBy(terminal, options.config);
      await restore(terminal, resolvePath(terminal, directory), saved);
      const { dataDirectory } = saved;
      terminal.result({ dataDirectory }, `${dataDirectory} is as it was. Start the server.`);
    });
};

async function savedBy(terminal: Terminal, path: string): Promise<Saved> {
  const config = await readServerConfig(terminal, path);
  const database = await databaseOf(terminal, config);
  const dataDirectory = config.resolve(config.values.dataDirectory);
  return { dataDirectory, ...(database === undefined ? {} : { database }) };
}
