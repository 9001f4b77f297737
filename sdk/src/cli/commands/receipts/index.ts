/** `outrider receipts`: what agents report, where no network brings it. */
import type { CommandDefinition } from "../../command.ts";
import { importCommand } from "./import.ts";

export const receipts: CommandDefinition = (program, context) => {
  const group = program.command("receipts").description("take in what agents report");
  importCommand(group, context);
};
