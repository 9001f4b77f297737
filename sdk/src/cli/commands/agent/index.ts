/** `outrider agent`: the receiving side. */
import type { CommandDefinition } from "../../command.ts";
import { doctorCommand } from "./doctor.ts";
import { encryptionKeyCommand } from "./encryption-key.ts";
import { enrollCommand } from "./enroll.ts";
import { receiveCommand } from "./receive.ts";
import { rollbackCommand } from "./rollback.ts";
import { runCommand } from "./run.ts";
import { statusCommand } from "./status.ts";

export const agent: CommandDefinition = (program, context) => {
  const group = program.command("agent").description("receive, install and report on this machine");
  for (const define of [
    enrollCommand,
    encryptionKeyCommand,
    runCommand,
    receiveCommand,
    statusCommand,
    rollbackCommand,
    doctorCommand,
  ])
    define(group, context);
};
