/** `outrider keys`: OpenPGP keys of people and servers. */
import type { CommandDefinition } from "../../command.ts";
import { exportCommand } from "./export.ts";
import { generateCommand } from "./generate.ts";
import { importCommand } from "./import.ts";
import { listCommand } from "./list.ts";

export const keys: CommandDefinition = (program, context) => {
  const group = program.command("keys").description("make and manage OpenPGP keys");
  for (const define of [generateCommand, listCommand, exportCommand, importCommand])
    define(group, context);
};
