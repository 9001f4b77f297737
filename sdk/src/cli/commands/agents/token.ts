/** `outrider agents token`: a one-time token with which one machine enrols itself. */
import { readTrust } from "../../../release/trust.ts";
import { sha256Hex } from "../../../signing/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultServerConfig, readServerConfig } from "../../config.ts";
import { several, wholeNumber } from "../../options.ts";
import { withStore } from "../../wiring/registry.ts";

interface TokenOptions {
  readonly group?: readonly string[];
  readonly agent?: string;
  readonly valid: number;
  readonly config: string;
}

const day = 24 * 3600;

export const tokenCommand: CommandDefinition = (group, context) => {
  group
    .command("token")
    .option(
      "--group <name>",
      "group that the machine will be in; several times for several",
      several,
    )
    .option("--agent <id>", "only for this machine, also if it is registered already")
    .option("--valid <seconds>", "how long it may be used", wholeNumber, day)
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .description("make a one-time token with which a machine enrols itself")
    .addHelpText(
      "after",
      "\nThe token is the only line on standard output; it is kept nowhere. Bring it to the machine by a way you trust,\nwith the trust document's SHA-256, which is said beside it.\n\nExample:\n  outrider agents token --group hall-2 > token.txt",
    )
    .action(async ({ group: groups = [], agent, valid, config }: TokenOptions) => {
      const terminal = context.terminal();
      const { values, resolve } = await readServerConfig(terminal, config);
      const trust = await readTrust(terminal, resolve(values.trustFile));
      const { openEnrolment } = await import("../../../server/index.ts");
      const { systemClock } = await import("../../../ports/index.ts");
      const validMs = valid * 1000;
      const expiresAt = new Date(systemClock.now().getTime() + validMs).toISOString();
      const token = await withStore(terminal, config, ({ values: kept, agents }) =>
        openEnrolment(kept, agents, systemClock).issue({
          groups,
          validMs,
          ...(agent === undefined ? {} : { agent }),
        }),
      );
      const sha256 = sha256Hex(trust.bytes);
      terminal.say(
        `Good once, until ${expiresAt}, for ${agent ?? "a machine"} in ${groups.join(", ") || "no group"}. On the machine:`,
      );
      terminal.say(`  outrider agent enroll --server URL --trust ${sha256} --token-file FILE`);
      terminal.result({ token, groups, agent, expiresAt, trustSha256: sha256 }, token);
    });
};
