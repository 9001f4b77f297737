/** `outrider agent doctor`: everything that an agent needs, looked at, and what to do about it. */
import { describeFindings, examineAgent } from "../../agent/doctor/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultAgentConfig, readAgentConfig } from "../../config.ts";
import { wholeNumber } from "../../options.ts";
import { everyTransport } from "../../wiring/every-transport.ts";

export const doctorCommand: CommandDefinition = (group, context) => {
  group
    .command("doctor")
    .argument("[config]", "agent configuration", defaultAgentConfig)
    .description("look at directories, disk, key, trust, clock and every transport; change nothing")
    .option("--patience <seconds>", "time for each transport to answer", wholeNumber, 5)
    .addHelpText(
      "after",
      "\nEnds with 1 where something keeps the agent from its work.\n\nExample:\n  outrider agent doctor --json",
    )
    .action(async (path: string, { patience }: { patience: number }) => {
      const terminal = context.terminal();
      const config = await readAgentConfig(terminal, path);
      const patienceMs = patience * 1000;
      const findings = await examineAgent(terminal, config, { patienceMs, large: everyTransport });
      if (findings.some(({ verdict }) => verdict === "bad")) context.exitWith(1);
      terminal.result({ findings }, describeFindings(findings));
    });
};
