/** `outrider receipts import`: hands the receipts of a returning stick to the server. */
import { resolvePath } from "../../../release/files.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultServerConfig } from "../../config.ts";
import { formatCount } from "../../format.ts";
import { importReceipts, type ImportedReceipts } from "../../wiring/returned-receipts.ts";
import { addServerOptions, type ServerOptions } from "../../wiring/server-client.ts";

interface ImportOptions extends ServerOptions {
  readonly config: string;
}

export const importCommand: CommandDefinition = (group, context) => {
  const command = group
    .command("import")
    .argument("<directory>", "a stick that came back, or any copy of its folder receipts/ with it")
    .option(
      "--config <file>",
      "the server's configuration, where it does not run",
      defaultServerConfig,
    )
    .description("take in the receipts of a stick; what was counted is removed from it")
    .addHelpText(
      "after",
      "\nWhat is refused stays on the stick, and the exit code is 1. A receipt counts once, however often it comes.\n\nExamples:\n  outrider receipts import /media/stick --server http://127.0.0.1:8080/\n  outrider receipts import /media/stick",
    );
  addServerOptions(command).action(async (directory: string, options: ImportOptions) => {
    const terminal = context.terminal();
    const root = resolvePath(terminal, directory);
    const imported = await importReceipts(terminal, root, options);
    if (imported.refused.length > 0) context.exitWith(1);
    terminal.result(imported, describe(directory, imported));
  });
};

function describe(
  directory: string,
  { counted, known, refused, left }: ImportedReceipts,
): string[] {
  return [
    counted + known + refused.length === 0
      ? `No receipts are on ${directory}.`
      : `${formatCount(counted, "receipt")} counted, ${known} known already, ${refused.length} refused.`,
    ...(left === 0 ? [] : [`${formatCount(left, "receipt")} more lie there. Import again.`]),
    ...refused.map(({ origin, code, message }) => `  ${origin}: ${code} ${message}`),
  ];
}
