/** `outrider status`: deployments of a server, or one of them wave by wave; `--watch` goes on until it is over. */
import { readDeployment, readDeployments, type ShownDeployment } from "../../client/index.ts";
import type { CommandDefinition } from "../command.ts";
import { openDeploymentDisplay } from "../deployment-display.ts";
import { openScreen } from "../screen.ts";
import {
  describeDeployment,
  describeDeployments,
  watchChanges,
  watchDeployment,
} from "../wiring/deployment.ts";
import { addServerOptions, connectServer, type ServerOptions } from "../wiring/server-client.ts";

interface StatusOptions extends ServerOptions {
  readonly watch?: true;
}

export const status: CommandDefinition = (program, context) => {
  const command = program
    .command("status")
    .argument("[deployment]", "its id; all of them unless given")
    .option("--watch", "show every change until it is over, or Ctrl-C")
    .description("show how far deployments are")
    .addHelpText(
      "after",
      "\nExamples:\n  outrider status --server http://127.0.0.1:8080/\n  outrider status 22308cd7-3960-463b-af2e-46774daee257 --watch",
    );
  addServerOptions(command).action(async (id: string | undefined, options: StatusOptions) => {
    const terminal = context.terminal();
    const client = await connectServer(terminal, options);
    const screen = openScreen(terminal);
    const stopAtOnce = options.watch !== true;
    if (id === undefined) {
      const look = watchChanges(
        () => readDeployments(client),
        () => stopAtOnce,
        terminal.signal,
      );
      for await (const list of look) screen.show(list, describeDeployments(list));
      return;
    }
    if (stopAtOnce) {
      const shown = await readDeployment(client, id);
      terminal.result(shown, describeDeployment(shown));
      return;
    }
    const display = openDeploymentDisplay(terminal);
    // What is paused may be resumed: only what is over ends the watching.
    const isOver = ({ state }: ShownDeployment): boolean =>
      state === "finished" || state === "halted";
    for await (const watched of watchDeployment(client, id, isOver, terminal.signal))
      display.show(watched);
    display.end();
  });
};
