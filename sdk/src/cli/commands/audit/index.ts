/** `outrider audit`: what came to a server, good or bad. */
import type { CommandDefinition } from "../../command.ts";
import { showCommand } from "./show.ts";
import { verifyCommand } from "./verify.ts";

export const audit: CommandDefinition = (program, context) => {
  const group = program.command("audit").description("read and check a server's audit log");
  for (const define of [showCommand, verifyCommand]) define(group, context);
};
