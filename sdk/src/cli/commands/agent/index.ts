/** `outrider agent`: the receiving side. */
import type { CommandDefinition } from "../../command.ts";
import { receiveCommand } from "./receive.ts";
import { runCommand } from "./run.ts";
import { statusCommand } from "./status.ts";

export const agent: CommandDefinition = (program, context) => {
  const group = program.command("agent").description("receive, install and report on this machine");
  for (const define of [runCommand, receiveCommand, statusCommand]) define(group, context);
};
