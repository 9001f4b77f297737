/** `outrider serve`: one server, or several that know nothing of each other, until it is told to stop. */
import { InvalidArgumentError } from "commander";
import type { ServerRole } from "../../server/index.ts";
import type { CommandDefinition } from "../command.ts";
import { defaultServerConfig } from "../config.ts";
import type { Serving } from "../serving.ts";
import type { ProcessPart } from "../wiring/server.ts";

interface ServeOptions {
  readonly role?: readonly ServerRole[];
  readonly name?: string;
}

export const serve: CommandDefinition = (program, context) => {
  program
    .command("serve")
    .argument(
      "[configs...]",
      `server configurations; each is a server of its own, which sees nothing of the others (default: ${defaultServerConfig})`,
    )
    .option(
      "--role <roles>",
      "what this process does of api, sender, scheduler, mailbox, with commas between, or all: for several processes on one database",
      readRoles,
    )
    .option(
      "--name <name>",
      "name of this process's folder in the data directory: no two at a time have the same (default: its roles)",
      readName,
    )
    .description("run the server until Ctrl-C")
    .addHelpText(
      "after",
      "\nThe servers' URLs are the first lines on standard output, in the order of their configurations.\n\nExamples:\n  outrider serve outrider-server.json\n  outrider serve presses.json tills.json\n  outrider serve --role sender --name sender-2",
    )
    .action(async (given: string[], options: ServeOptions) => {
      const paths = given.length === 0 ? [defaultServerConfig] : given;
      const terminal = context.terminal();
      const { startServing } = await import("../serving.ts");
      const { serverLogger } = await import("../server-log.ts");
      const logger = serverLogger(terminal);
      const servings: Serving[] = [];
      try {
        for (const path of paths) {
          const name = paths.length === 1 ? {} : { name: path };
          servings.push(
            await startServing(terminal, path, { logger, ...name, ...partOf(options) }),
          );
        }
        for (const { url } of servings) terminal.result({ url }, url === "" ? "running" : url);
        await aborted(terminal.signal);
        await Promise.all(servings.map((serving) => serving.end()));
      } finally {
        await Promise.all(servings.map((serving) => serving.close()));
      }
    });
};

function partOf({ role: roles, name }: ServeOptions): { readonly part?: Partial<ProcessPart> } {
  if (roles === undefined && name === undefined) return {};
  return { part: { ...(roles && { roles }), ...(name === undefined ? {} : { name }) } };
}

/** The roles' names are those of the port: what is none of them is refused. */
function readRoles(text: string): ServerRole[] {
  const all: readonly ServerRole[] = ["api", "sender", "scheduler", "mailbox"];
  const names = text === "all" ? all : text.split(",");
  return names.map((name) => {
    const role = all.find((known) => known === name);
    if (role === undefined)
      throw new InvalidArgumentError(`${name} is none of ${all.join(", ")}, all.`);
    return role;
  });
}

/** A folder's name, and no way out of the data directory. */
function readName(text: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError("A name has letters a to z, digits, dots and dashes, at most 64.");
}

/** Resolves when the signal is given. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}
