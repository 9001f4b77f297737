/** `outrider agents list`: who is registered, in which groups, and how it is reached. */
import type { RegisteredAgent } from "../../../schema/index.ts";
import { findTwice } from "../../../server/agents/twice.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultServerConfig } from "../../config.ts";
import { formatTable } from "../../table.ts";

const pageSize = 1000;

export const listCommand: CommandDefinition = (group, context) => {
  group
    .command("list")
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .option("--group <name>", "only this group")
    .description("list the agents that a server knows")
    .addHelpText("after", "\nExample:\n  outrider agents list --group hall-2")
    .action(async (options: { config: string; group?: string }) => {
      const terminal = context.terminal();
      const { withStore } = await import("../../wiring/registry.ts");
      const { group: name } = options;
      const found = await withStore(terminal, options.config, ({ agents, values }) =>
        readAll(async (page) => {
          const some = await (name === undefined
            ? agents.list(page)
            : agents.matching({ groups: [name] }, page));
          const twice = await findTwice(some, values);
          return some.map((agent) => ({ ...agent, isTwoMachines: twice.has(agent.id) }));
        }),
      );
      terminal.result(
        found,
        found.length === 0
          ? "No agents."
          : formatTable(["agent", "groups", "reached by", "key"], found.map(row)),
      );
    });
};

type ReadPage = (page: {
  readonly after?: string;
  readonly limit: number;
}) => Promise<ListedAgent[]>;

/** As it is registered, and whether its receipts came from two machines. */
interface ListedAgent extends RegisteredAgent {
  readonly isTwoMachines: boolean;
}

async function readAll(readPage: ReadPage): Promise<ListedAgent[]> {
  const found: ListedAgent[] = [];
  for (;;) {
    const after = found.at(-1)?.id;
    const page = await readPage({ limit: pageSize, ...(after === undefined ? {} : { after }) });
    found.push(...page);
    if (page.length < pageSize) return found;
  }
}

function row({ id, groups, addresses, key, isTwoMachines }: ListedAgent): string[] {
  const ways = Object.entries(addresses).map(([way, address]) =>
    typeof address === "string" ? `${way} ${address}` : way,
  );
  const known = isTwoMachines ? "used by two machines" : "known";
  return [id, groups.join(", "), ways.join(", "), key === undefined ? "not enrolled" : known];
}
