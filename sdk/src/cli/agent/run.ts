/** An agent that runs: listens until told to stop, and tells what happens. */
import type { Agent, AgentEvent } from "../../agent/index.ts";
import type { AgentConfig } from "../../schema/index.ts";
import type { Configuration } from "../config.ts";
import { printableJson, printableLine, type Terminal } from "../io.ts";
import { terminalLogger } from "../logging.ts";
import { wireAgent } from "../wiring/agent.ts";
import type { LargeTransports } from "../wiring/large-transports.ts";

/** Listens to every configured transport until the terminal's signal. @throws as {@link wireAgent} */
export async function runAgent(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
  large: LargeTransports | undefined,
): Promise<void> {
  const { agent } = await wireAgent(terminal, config, terminalLogger(terminal), large);
  const off = tellEvents(terminal, agent);
  try {
    const { id, groups, clockBehind } = await agent.status();
    const doing = clockBehind === undefined ? "listens" : "waits for its clock";
    terminal.say(`Agent ${id} (${groups.join(", ")}) ${doing}.`);
    await agent.run({ signal: terminal.signal });
  } finally {
    off();
    await agent.close();
  }
}

/** One line per event that people care for; every event with `--json`. */
function tellEvents(terminal: Terminal, agent: Agent): () => void {
  return agent.on((event) => {
    if (terminal.json) terminal.stdout.write(`${printableJson(event)}\n`);
    else if (event.type !== "progress")
      terminal.stdout.write(`${printableLine(describe(event))}\n`);
  });
}

function describe({ type, ...fields }: AgentEvent): string {
  const shown = Object.entries(fields).map(([name, value]) =>
    name === "message" ? String(value) : `${name}=${String(value)}`,
  );
  return `${type.padEnd(12)} ${shown.join(" ")}`;
}
