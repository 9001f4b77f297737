/** One server of `outrider serve`: started, told of, and ended in order. Several in one process share nothing but it. */
import type { Logger } from "../ports/index.ts";
import type { Server, ServerEvent } from "../server/index.ts";
import { readServerConfig } from "./config.ts";
import { printableLine, type Terminal } from "./io.ts";
import { keepPruning } from "./wiring/pruning.ts";
import { wireServer } from "./wiring/server.ts";
import { watchTrustFile } from "./wiring/trust-watch.ts";

/** A server that runs. */
export interface Serving {
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
}

/** Starts the server of a configuration. @throws as wireServer and Server.start */
export async function startServing(
  terminal: Terminal,
  path: string,
  { logger: all, name }: ServingOptions,
): Promise<Serving> {
  const logger = name === undefined ? all : named(all, name);
  const config = await readServerConfig(terminal, path);
  const wired = await wireServer(terminal, config, { logger, listening: true });
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
    else logger.log("info", event.event, shown);
  }
}

function describe(event: ServerEvent): string {
  const { event: name, ...fields } = event;
  const shown = Object.entries(fields).filter(([key]) => key !== "receipt" && key !== "at");
  return `${"at" in event ? event.at : ""} ${name.padEnd(10)} ${shown.map(([key, value]) => `${key}=${String(value)}`).join(" ")}`.trim();
}
