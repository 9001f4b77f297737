/**
 * One server of `outrider serve`: started, told of, and ended in order. Several in one process share nothing but it.
 */
import { OutriderError } from "../errors/index.ts";
import type { Logger } from "../ports/index.ts";
import type { ServerConfig } from "../schema/index.ts";
import { serverRoles, type Server, type ServerEvent } from "../server/index.ts";
import { readServerConfig, type Configuration } from "./config.ts";
import { levelOf, namesOf, sentenceOf } from "./event-words.ts";
import { printableLine, type Terminal } from "./io.ts";
import { keepPruning } from "./wiring/pruning.ts";
import { wireServer, type ProcessPart } from "./wiring/server.ts";
import { watchTrustFile } from "./wiring/trust-watch.ts";

/** A server that runs. */
export interface Serving {
  /** Nothing, where it does not answer. */
  readonly url: string;
  /** Waits, after the terminal's signal, until what it does beside serving has ended; then closes it. */
  end(): Promise<void>;
  /** Closes it at once, as far as it is open. */
  close(): Promise<void>;
}

/** How it is told of. */
export interface ServingOptions {
  readonly logger: Logger;
  /** Stands before its lines, where several servers speak. */
  readonly name?: string;
  /** Of several processes on one store. Default: everything. */
  readonly part?: Partial<ProcessPart>;
}

/** Starts the server of a configuration. @throws as wireServer and Server.start */
export async function startServing(
  terminal: Terminal,
  path: string,
  { logger: all, name, part }: ServingOptions,
): Promise<Serving> {
  const logger = name === undefined ? all : named(all, name);
  const config = await readServerConfig(terminal, path);
  const own = processPart(config, part);
  const wired = await wireServer(terminal, config, {
    logger,
    listening: true,
    ...(own === undefined ? {} : { part: own }),
  });
  try {
    const { url = "" } = await wired.server.start();
    const told = tellEvents(terminal, wired.server, { logger, ...(name && { name }) });
    const { signal } = terminal;
    const trustFile = config.resolve(config.values.trustFile);
    const beside = [
      watchTrustFile(terminal, trustFile, { ...wired, logger, signal }),
      wired.keepPushing(signal),
      keepPruning(config.values.retentionDays, { ...wired, logger, signal }),
    ];
    return {
      url,
      async end() {
        await Promise.all(beside);
        await wired.close();
        await told;
      },
      close: () => wired.close(),
    };
  } catch (error) {
    await wired.close();
    throw error;
  }
}

/** On a database every process is one of several, also where it does everything. @throws CONFIG_INVALID */
function processPart(
  { values, path }: Configuration<ServerConfig>,
  part: Partial<ProcessPart> | undefined,
): ProcessPart | undefined {
  if (values.store === undefined) {
    if (part === undefined) return undefined;
    throw new OutriderError(
      "CONFIG_INVALID",
      `${path} keeps its state in a file, so one process does everything. Give it a database, as store, before parts of it run by themselves.`,
      { subject: path, pointer: "/store" },
    );
  }
  if (values.listen.publicUrl === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      `${path} is for several processes, and not all of them see where the server is reached. Give it listen.publicUrl.`,
      { subject: path, pointer: "/listen/publicUrl" },
    );
  const { roles = serverRoles } = part ?? {};
  const { name = roles.length === serverRoles.length ? "all" : roles.join("-") } = part ?? {};
  return { roles, name };
}

function named(logger: Logger, server: string): Logger {
  return { log: (level, message, fields) => logger.log(level, message, { server, ...fields }) };
}

/** For a person a line each; else they go the way of the log. A receipt's text is in the store. */
async function tellEvents(
  terminal: Terminal,
  server: Server,
  { logger, name = "" }: ServingOptions,
): Promise<void> {
  for await (const event of server.events()) {
    const { receipt: _text, ...shown } = { receipt: "", ...event };
    if (terminal.interactive)
      terminal.stderr.write(`${printableLine(`${name} ${describe(event)}`.trim())}\n`);
    // Who was sent what is in the ledger: a log has the jobs, and who was not.
    else logger.log(levelOf(event), sentenceOf(event), shown);
  }
}

function describe(event: ServerEvent): string {
  const { event: name, ...fields } = event;
  const agents = "agents" in fields ? { agents: namesOf(fields.agents) } : {};
  const shown = Object.entries({ ...fields, ...agents }).filter(
    ([key]) => key !== "receipt" && key !== "at",
  );
  return `${"at" in event ? event.at : ""} ${name.padEnd(10)} ${shown.map(([key, value]) => `${key}=${String(value)}`).join(" ")}`.trim();
}
