/** `outrider agent run`: listens to every configured transport until told to stop. */
import type { Agent, AgentEvent } from "../../../agent/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultAgentConfig, readAgentConfig } from "../../config.ts";
import type { Terminal } from "../../io.ts";
import { terminalLogger } from "../../logging.ts";
import { wireAgent } from "../../wiring/agent.ts";

export const runCommand: CommandDefinition = (group, context) => {
  group
    .command("run")
    .argument("[config]", "agent configuration", defaultAgentConfig)
    .description("listen, install and report until Ctrl-C")
    .action(async (path: string) => {
      const terminal = context.terminal();
      const agent = await wireAgent(
        terminal,
        await readAgentConfig(terminal, path),
        terminalLogger(terminal),
      );
      const off = tellEvents(terminal, agent);
      try {
        const { id, groups } = await agent.status();
        terminal.say(`Agent ${id} (${groups.join(", ")}) listens.`);
        await agent.run({ signal: terminal.signal });
      } finally {
        off();
        await agent.close();
      }
    });
};

/** One line per event that people care for; every event with `--json`. */
export function tellEvents(terminal: Terminal, agent: Agent): () => void {
  return agent.on((event) => {
    if (terminal.json) terminal.stdout.write(`${JSON.stringify(event)}\n`);
    else if (event.type !== "progress") terminal.stdout.write(`${describe(event)}\n`);
  });
}

function describe({ type, ...fields }: AgentEvent): string {
  const shown = Object.entries(fields).map(([name, value]) =>
    name === "message" ? String(value) : `${name}=${String(value)}`,
  );
  return `${type.padEnd(12)} ${shown.join(" ")}`;
}
