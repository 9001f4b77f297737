/** `outrider trigger`: orders that come otherwise than from `push`. */
import type { CommandDefinition } from "../../command.ts";
import { receiveCommand } from "./receive.ts";

export const trigger: CommandDefinition = (program, context) => {
  const group = program.command("trigger").description("hand signed orders to a dormant server");
  receiveCommand(group, context);
};
