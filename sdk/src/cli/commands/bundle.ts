/** `outrider bundle`: writes a stick for agents that no network reaches. */
import { OutriderError, say } from "../../errors/index.ts";
import { resolvePath } from "../../release/files.ts";
import type { Bundle } from "../../server/index.ts";
import type { CommandDefinition } from "../command.ts";
import { defaultServerConfig, readServerConfig } from "../config.ts";
import { formatBytes, formatCount } from "../format.ts";
import { terminalLogger } from "../logging.ts";
import { wholeNumber } from "../options.ts";
import { formatTable } from "../table.ts";
import type { WrittenStick } from "../wiring/stick.ts";

interface BundleOptions {
  readonly config: string;
  readonly days?: number;
}

const dayMs = 24 * 3600 * 1000;
const defaultDays = 30;
const mostDays = 365;

export const bundle: CommandDefinition = (program, context) => {
  program
    .command("bundle")
    .argument("<directory>", "where the stick is mounted")
    .option("--days <number>", "how long what lies on it counts", wholeNumber)
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .description("write what is current on a stick, for agents that no network reaches")
    .addHelpText(
      "after",
      "\nThe server may run meanwhile. Written once more, the same stick gets only what it lacks. Receipts that come back on it: outrider receipts import.\n\nExample:\n  outrider bundle /media/stick --days 60",
    )
    .action(async (directory: string, options: BundleOptions) => {
      const terminal = context.terminal();
      const config = await readServerConfig(terminal, options.config);
      const { stick } = config.values.transports ?? {};
      if (stick === undefined)
        throw new OutriderError(
          "CONFIG_INVALID",
          `${config.path} has no transports.stick: add "stick": {}, so that agents are told to look beside the catalog.`,
          { subject: config.path, pointer: "/transports/stick" },
        );
      const days = options.days ?? stick.validDays ?? defaultDays;
      if (days < 1 || days > mostDays)
        throw new OutriderError(
          "CONFIG_INVALID",
          `A stick counts for 1 to ${mostDays} days, not for ${days}.`,
        );
      const { wireServer } = await import("../wiring/server.ts");
      const { writeStick } = await import("../wiring/stick.ts");
      const wired = await wireServer(terminal, config, {
        logger: terminalLogger(terminal, "warn"),
        listening: false,
      });
      try {
        const { signal } = terminal;
        const made = await wired.server.bundle({ validMs: days * dayMs, signal });
        const progress = terminal.follow(say("copying to {0}", directory));
        const written = await writeStick(resolvePath(terminal, directory), made, {
          signal,
          onProgress: progress.update,
        }).finally(progress.stop);
        terminal.result(forMachines(made, written), forPeople(directory, made, written));
      } finally {
        await wired.close();
      }
    });
};

function forMachines({ expiresAt, releases, trust }: Bundle, written: WrittenStick): object {
  return {
    expiresAt,
    releases: releases.map(({ name, version, expiresAt, archives }) => ({
      name,
      version,
      expiresAt,
      bytes: sizeOf(archives),
    })),
    trustVersions: trust.map(({ version }) => version),
    ...written,
  };
}

function forPeople(
  directory: string,
  { expiresAt, releases }: Bundle,
  { copied, receipts }: WrittenStick,
): string[] {
  return [
    releases.length === 0
      ? `Nothing is current: ${directory} carries only a catalog that says so.`
      : `${formatCount(releases.length, "release")} on ${directory}, ${formatBytes(copied)} copied.`,
    ...(releases.length === 0
      ? []
      : formatTable(
          ["package", "version", "size", "order good until"],
          releases.map(({ name, version, archives, expiresAt }) => [
            name,
            version,
            formatBytes(sizeOf(archives)),
            expiresAt,
          ]),
        )),
    `The stick counts until ${expiresAt}; afterwards agents take nothing from it. Write it anew before.`,
    ...(receipts === 0
      ? []
      : [
          `${formatCount(receipts, "receipt")} came back on it: outrider receipts import ${directory}`,
        ]),
  ];
}

function sizeOf(archives: readonly { readonly size: number }[]): number {
  return archives.reduce((sum, { size }) => sum + size, 0);
}
