/** `outrider serve`: one server, or several that know nothing of each other, until it is told to stop. */
import type { CommandDefinition } from "../command.ts";
import { defaultServerConfig } from "../config.ts";
import type { Serving } from "../serving.ts";

export const serve: CommandDefinition = (program, context) => {
  program
    .command("serve")
    .argument(
      "[configs...]",
      `server configurations; each is a server of its own, which sees nothing of the others (default: ${defaultServerConfig})`,
    )
    .description("run the server until Ctrl-C")
    .addHelpText(
      "after",
      "\nThe servers' URLs are the first lines on standard output, in the order of their configurations.\n\nExamples:\n  outrider serve outrider-server.json\n  outrider serve presses.json tills.json",
    )
    .action(async (given: string[]) => {
      const paths = given.length === 0 ? [defaultServerConfig] : given;
      const terminal = context.terminal();
      const { startServing } = await import("../serving.ts");
      const { serverLogger } = await import("../server-log.ts");
      const logger = serverLogger(terminal);
      const servings: Serving[] = [];
      try {
        for (const path of paths) {
          const name = paths.length === 1 ? {} : { name: path };
          servings.push(await startServing(terminal, path, { logger, ...name }));
        }
        for (const { url } of servings) terminal.result({ url }, url);
        await aborted(terminal.signal);
        await Promise.all(servings.map((serving) => serving.end()));
      } finally {
        await Promise.all(servings.map((serving) => serving.close()));
      }
    });
};

/** Resolves when the signal is given. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}
