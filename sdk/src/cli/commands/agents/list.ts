/** `outrider agents list`: who is registered, in which groups, and how it is reached. */
import type { RegisteredAgent } from "../../../schema/index.ts";
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
      const { withRegistry } = await import("../../wiring/registry.ts");
      const { group: name } = options;
      const found = await withRegistry(terminal, options.config, (registry) =>
        readAll((page) =>
          name === undefined ? registry.list(page) : registry.matching({ groups: [name] }, page),
        ),
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
}) => Promise<RegisteredAgent[]>;

async function readAll(readPage: ReadPage): Promise<RegisteredAgent[]> {
  const found: RegisteredAgent[] = [];
  for (;;) {
    const after = found.at(-1)?.id;
    const page = await readPage({ limit: pageSize, ...(after === undefined ? {} : { after }) });
    found.push(...page);
    if (page.length < pageSize) return found;
  }
}

function row({ id, groups, addresses, key }: RegisteredAgent): string[] {
  const ways = Object.entries(addresses).map(([way, address]) =>
    typeof address === "string" ? `${way} ${address}` : way,
  );
  return [id, groups.join(", "), ways.join(", "), key === undefined ? "not enrolled" : "known"];
}
