/** `outrider plan`: who would get what, when and how, if it were pushed now. Sends nothing. */
import { randomUUID } from "node:crypto";
import type { CommandDefinition } from "../command.ts";
import { defaultServerConfig, readServerConfig } from "../config.ts";
import { formatDuration } from "../format.ts";
import { several } from "../options.ts";
import { formatTable } from "../table.ts";
import { openPackage } from "../wiring/package.ts";
import { readPushOrder, type PushOptions } from "../wiring/push.ts";

interface PlanOptions extends PushOptions {
  readonly package: string;
  readonly config: string;
}

export const plan: CommandDefinition = (program, context) => {
  program
    .command("plan")
    .argument("[file]", "a reviewed push file, NAME.push.json")
    .requiredOption("--package <package>", "the archive or folder that would be pushed")
    .option("--group <name>", "plan for this group; may be given several times", several)
    .option("--agent <id>", "plan for this agent; may be given several times", several)
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .description("show who would get what, when and how; sends nothing")
    .addHelpText(
      "after",
      "\nTimes are the earliest: every wave succeeding as soon as it can.\n\nExample:\n  outrider plan rollouts/all.push.json --package dist/press-control-3.0.0",
    )
    .action(async (file: string | undefined, options: PlanOptions) => {
      const terminal = context.terminal();
      const { values } = await readServerConfig(terminal, options.config);
      const order = await readPushOrder(terminal, file, options);
      const { archive } = await openPackage(terminal, options.package);
      await archive.close();
      const { profilesOf } = await import("../wiring/audience.ts");
      const { draftPlan, reachAudience, rosterOf, timelineOf } =
        await import("../../server/index.ts");
      const { withRegistry } = await import("../wiring/registry.ts");
      const transports = profilesOf(values);
      const audience = await withRegistry(terminal, options.config, (agents) =>
        reachAudience(order.audience, { agents, transports }, "this push"),
      );
      const { waves, jobs } = draftPlan({
        // The order within a wave is drawn anew with every deployment.
        deployment: randomUUID(),
        roster: rosterOf(audience),
        rollout: order.rollout ?? {},
        delivery: order.delivery ?? "auto",
        archiveBytes: archive.size,
        transports,
      });
      const rows = timelineOf(waves, jobs, transports);
      terminal.result(
        { agents: audience.length, waves, rows },
        formatTable(
          ["wave", "by", "agents", "messages", "archive", "from", "to"],
          rows.map((row) => [
            row.wave,
            row.transport,
            String(row.recipients),
            String(row.messages),
            row.parts > 0 ? `in ${row.parts} parts` : row.attach ? "attached" : "offered",
            formatDuration(row.fromMs),
            formatDuration(row.toMs),
          ]),
        ),
      );
    });
};
