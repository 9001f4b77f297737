/** `outrider plan`: who would get what, when and how, if it were pushed now. Sends nothing. */
import { Option } from "commander";
import { writeFileWhole } from "../../release/files.ts";
import {
  draftPlan,
  drawSimulation,
  drawTimeline,
  mailProviders,
  ordinaryBehaviour,
  ordinaryCapacity,
  simulate,
  timelineOf,
  type DraftPlan,
  type SimulationResult,
  type TimelineRow,
} from "../../server/plan/index.ts";
import type { CommandDefinition } from "../command.ts";
import { defaultServerConfig } from "../config.ts";
import { formatBytes, formatDuration } from "../format.ts";
import { addOrderOptions, percentage, wholeNumber } from "../options.ts";
import { describeSimulation } from "../simulation.ts";
import { formatTable } from "../table.ts";
import type { Planning, PlanningOptions } from "../wiring/planning.ts";

interface PlanOptions extends PlanningOptions {
  readonly svg?: string;
  readonly simulate?: true;
  readonly failing?: number;
  readonly silent?: number;
  readonly offline?: number;
  readonly relayRate?: number;
  readonly uplink?: number;
  readonly onPause: "leave" | "resume" | "recall";
}

const week = 7 * 24 * 3600 * 1000;

export const plan: CommandDefinition = (program, context) => {
  const command = program
    .command("plan")
    .argument("[file]", "a reviewed push file, NAME.push.json")
    .option("--package <package>", "the archive or folder that would be pushed");
  addOrderOptions(command)
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .option("--svg <file>", "write a picture of it: a timeline, or the curves of a simulation")
    .option("--recipients <number>", "plan ahead for so many imagined machines", wholeNumber)
    .addOption(
      new Option("--profile <name>", "how imagined machines are reached")
        .choices([...Object.keys(mailProviders), "share", "http"])
        .default("relay"),
    )
    .option("--size <bytes>", "size of an imagined package", wholeNumber, 5_000_000)
    .option("--simulate", "run it in virtual time, machines behaving by assumption")
    .option(
      "--seed <number>",
      "chance of the simulation: the same seed, the same run",
      wholeNumber,
      1,
    )
    .option("--failing <percent>", "machines on which it fails (default: 0.2)", percentage)
    .option("--silent <percent>", "machines that never answer (default: 0.3)", percentage)
    .option(
      "--offline <percent>",
      "machines that are off when they are told (default: 12)",
      percentage,
    )
    .option(
      "--relay-rate <number>",
      "messages a second that the relay takes (default: 100)",
      wholeNumber,
    )
    .option(
      "--uplink <megabits>",
      "the server's line, in megabits a second (default: 1000)",
      wholeNumber,
    )
    .addOption(
      new Option("--on-pause <action>", "what a person does half an hour after it paused itself")
        .choices(["leave", "resume", "recall"])
        .default("leave"),
    )
    .description("show who would get what, when and how; sends nothing")
    .addHelpText(
      "after",
      "\nTimes are the earliest: every wave succeeding as soon as it can. What is imagined has uneven mail domains, and a\nhundredth of its machines in each group that a wave names; more than ten million are planned by letting one stand\nfor several.\n\nExamples:\n  outrider plan rollouts/all.push.json --package dist/press-control-3.0.0 --svg plan.svg\n  outrider plan rollouts/all.push.json --recipients 1000000 --profile exchangeOnline\n  outrider plan rollouts/all.push.json --recipients 10000000 --simulate --failing 30 --svg bad-release.svg",
    )
    .action(async (file: string | undefined, options: PlanOptions) => {
      const terminal = context.terminal();
      const { readPlanning } = await import("../wiring/planning.ts");
      const planning = await readPlanning(terminal, file, options);
      const drafted = draftPlan(planning.input);
      const rows = timelineOf(drafted.waves, drafted.jobs, planning.input.transports).map((row) =>
        multiplied(row, planning.standsFor),
      );
      const simulation =
        options.simulate === true ? simulated(planning, drafted, options) : undefined;
      const { title } = planning;
      if (options.svg !== undefined) {
        const svg =
          simulation === undefined
            ? drawTimeline(rows, { title })
            : drawSimulation(simulation, { title });
        await writeFileWhole(terminal, options.svg, `${svg}\n`, { force: true });
        terminal.say(`Picture in ${options.svg}.`);
      }
      const agents = rows.reduce((sum, { recipients }) => sum + recipients, 0);
      const { patches } = planning;
      terminal.result({ agents, waves: drafted.waves, rows, patches, simulation }, [
        ...tableOf(rows),
        ...describePatches(rows, planning),
        ...(simulation === undefined ? [] : ["", ...describeSimulation(simulation)]),
      ]);
    });
};

function simulated(
  { input, order, standsFor }: Planning,
  drafted: DraftPlan,
  options: PlanOptions,
): SimulationResult {
  const { failing, silent, offline, relayRate, uplink } = options;
  return simulate({
    plan: drafted,
    transports: input.transports,
    windows: order.rollout?.windows ?? [],
    archiveBytes: input.archiveBytes,
    startsAt: startOf(order.rollout?.notBefore),
    validMs: order.validMs ?? week,
    behaviour: {
      ...ordinaryBehaviour,
      ...(failing === undefined ? {} : { failingShare: failing }),
      ...(silent === undefined ? {} : { silentShare: silent }),
      ...(offline === undefined ? {} : { offlineShare: offline }),
    },
    capacity: {
      ...ordinaryCapacity,
      ...(relayRate === undefined ? {} : { relayMessagesPerSecond: relayRate }),
      ...(uplink === undefined ? {} : { uplinkBytesPerSecond: uplink * 125_000 }),
    },
    operator: { onPause: options.onPause, afterSeconds: 1800 },
    seed: options.seed,
    standsFor,
  });
}

/** Nothing happens before it may be sent. */
function startOf(notBefore: string | undefined): Date {
  return new Date(Math.max(Date.now(), notBefore === undefined ? 0 : Date.parse(notBefore)));
}

function multiplied(row: TimelineRow, by: number): TimelineRow {
  return { ...row, recipients: row.recipients * by, messages: row.messages * by };
}

/** The table counts the full archive: what a machine has installed is looked up when its mail is sent. */
function describePatches(
  rows: readonly TimelineRow[],
  { input, patches }: Pick<Planning, "input" | "patches">,
): string[] {
  if (patches.length === 0 || !rows.some(({ attach, parts }) => attach && parts === 0)) return [];
  return [
    `Attached is the full archive (${formatBytes(input.archiveBytes)}), or a patch where all who get the mail have reported that`,
    "they run what it builds on, and can have the full one from a share or by HTTP:",
    ...patches.map(({ name, size }) => `  ${name}, ${formatBytes(size)}`),
  ];
}

function tableOf(rows: readonly TimelineRow[]): string[] {
  return formatTable(
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
  );
}
