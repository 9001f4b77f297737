/** `outrider serve`: the server, until it is told to stop. */
import type { Logger } from "../../ports/index.ts";
import type { Server, ServerEvent } from "../../server/index.ts";
import type { CommandDefinition } from "../command.ts";
import { defaultServerConfig, readServerConfig } from "../config.ts";
import { printableLine, type Terminal } from "../io.ts";

export const serve: CommandDefinition = (program, context) => {
  program
    .command("serve")
    .argument("[config]", "server configuration", defaultServerConfig)
    .description("run the server until Ctrl-C")
    .addHelpText(
      "after",
      "\nIts URL is the first line on standard output.\n\nExample:\n  outrider serve outrider-server.json",
    )
    .action(async (path: string) => {
      const terminal = context.terminal();
      const { wireServer } = await import("../wiring/server.ts");
      const { watchTrustFile } = await import("../wiring/trust-watch.ts");
      const { serverLogger } = await import("../server-log.ts");
      const logger = serverLogger(terminal);
      const config = await readServerConfig(terminal, path);
      const wired = await wireServer(terminal, config, {
        logger,
        listening: true,
      });
      try {
        const { url = "" } = await wired.server.start();
        terminal.result({ url }, url);
        const told = tellEvents(terminal, logger, wired.server);
        const { signal } = terminal;
        const trustFile = config.resolve(config.values.trustFile);
        const watched = watchTrustFile(terminal, trustFile, { ...wired, logger, signal });
        const pushing = wired.keepPushing(signal);
        await aborted(signal);
        await Promise.all([watched, pushing]);
        await wired.close();
        await told;
      } finally {
        await wired.close();
      }
    });
};

/** For a person a line each; else they go the way of the log. A receipt's text is in the store. */
async function tellEvents(terminal: Terminal, logger: Logger, server: Server): Promise<void> {
  for await (const event of server.events()) {
    const { receipt: _text, ...shown } = { receipt: "", ...event };
    if (terminal.interactive) terminal.stderr.write(`${printableLine(describe(event))}\n`);
    else logger.log("info", event.event, shown);
  }
}

function describe(event: ServerEvent): string {
  const { event: name, ...fields } = event;
  const shown = Object.entries(fields).filter(([key]) => key !== "receipt" && key !== "at");
  return `${"at" in event ? event.at : ""} ${name.padEnd(10)} ${shown.map(([key, value]) => `${key}=${String(value)}`).join(" ")}`.trim();
}

/** Resolves when the signal is given. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}
