/** `outrider audit verify`: does every line follow the one before it? */
import type { CommandDefinition } from "../../command.ts";
import { defaultServerConfig } from "../../config.ts";
import { formatCount } from "../../format.ts";
import { readAudit } from "../../wiring/audit.ts";

export const verifyCommand: CommandDefinition = (group, context) => {
  group
    .command("verify")
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .option(
      "--head <sha256>",
      "digest that this command gave earlier, kept elsewhere: it must be there, so nothing was cut off",
    )
    .description("check that nothing in the audit log was changed, removed or put in")
    .addHelpText("after", "\nExample:\n  outrider audit verify --config outrider-server.json")
    .action(async (options: { config: string; head?: string }) => {
      const terminal = context.terminal();
      const { path, number, sha256, tornLines } = await readAudit(terminal, options);
      terminal.result({ path, entries: number, head: sha256, tornLines }, [
        `${path} holds together: ${number} entries${tornLines === 0 ? "" : `, ${formatCount(tornLines, "line")} torn by a crash`}.`,
        `Keep elsewhere, for --head: ${sha256}`,
      ]);
    });
};
