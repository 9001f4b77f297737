/** `outrider agents`: the machines that a server knows. */
import type { CommandDefinition } from "../../command.ts";
import { importCommand } from "./import.ts";
import { listCommand } from "./list.ts";
import { tokenCommand } from "./token.ts";

export const agents: CommandDefinition = (program, context) => {
  const group = program.command("agents").description("keep the list of agents of a server");
  for (const define of [importCommand, listCommand, tokenCommand]) define(group, context);
};
