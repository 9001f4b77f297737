/**
 * `outrider status`: deployments of a server, or one of them wave by wave with the machines that are lost; `--agents`
 * names every machine, `--watch` goes on until it is over.
 */
import { Option } from "commander";
import { readDeployment, readDeployments, type ShownDeployment } from "../../client/index.ts";
import { ledgerStates, type LedgerState } from "../../ledger/index.ts";
import type { CommandDefinition } from "../command.ts";
import { openDeploymentDisplay } from "../deployment-display.ts";
import { openScreen } from "../screen.ts";
import {
  describeDeployment,
  describeDeployments,
  watchChanges,
  watchDeployment,
} from "../wiring/deployment.ts";
import { describeLost, pagesOf } from "../wiring/machines.ts";
import { addServerOptions, connectServer, type ServerOptions } from "../wiring/server-client.ts";

interface StatusOptions extends ServerOptions {
  readonly watch?: true;
  readonly agents?: true | LedgerState;
}

export const status: CommandDefinition = (program, context) => {
  const command = program
    .command("status")
    .argument("[deployment]", "its id; all of them unless given")
    .option("--watch", "show every change until it is over, or Ctrl-C")
    .addOption(
      new Option(
        "--agents [state]",
        "name every machine, or those in this state, and why; with --json a list a line",
      )
        .choices(ledgerStates)
        .conflicts("watch"),
    )
    .description("show how far deployments are")
    .addHelpText(
      "after",
      "\nExamples:\n  outrider status --server http://127.0.0.1:8080/\n  outrider status 22308cd7-3960-463b-af2e-46774daee257 --watch\n  outrider status 22308cd7-3960-463b-af2e-46774daee257 --agents failed",
    );
  addServerOptions(command).action(async (id: string | undefined, options: StatusOptions) => {
    const terminal = context.terminal();
    const client = await connectServer(terminal, options);
    const screen = openScreen(terminal);
    const stopAtOnce = options.watch !== true;
    if (id === undefined) {
      if (options.agents !== undefined)
        command.error("error: --agents needs a deployment: outrider status lists them");
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
      const { signal } = terminal;
      if (options.agents === undefined) {
        const lost = terminal.json ? [] : await describeLost(client, shown, { signal });
        terminal.result(shown, [...describeDeployment(shown), ...lost]);
        return;
      }
      const state = options.agents === true ? {} : { state: options.agents };
      for await (const { rows, lines } of pagesOf(client, shown, { signal, ...state }))
        terminal.result(rows, lines);
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
