/** An agent that deals with one message on standard input, then ends. */
import type { Reception } from "../../agent/index.ts";
import { OutriderError } from "../../errors/index.ts";
import type { AgentConfig } from "../../schema/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import { terminalLogger } from "../logging.ts";
import { spoolDirectory, wireAgent } from "../wiring/agent.ts";
import type { LargeTransports } from "../wiring/large-transports.ts";

/** What became of the message, and how many receipts could not be sent yet. */
export interface ReceivedMessage {
  readonly reception: Reception;
  readonly receiptsWaiting: number;
}

/** Exit code for each verdict: after 3 the mail system must keep the message and bring it again. */
export const verdictExits: Readonly<Record<Reception["verdict"], 0 | 1 | 3>> = {
  handled: 0,
  ignored: 0,
  refused: 1,
  postponed: 3,
};

/** Deals with one mail, or one bare notification. @throws as {@link wireAgent}, MESSAGE_AMBIGUOUS, MESSAGE_LIMIT */
export async function receiveMessage(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
  large: LargeTransports | undefined,
): Promise<ReceivedMessage> {
  if (large === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      "The small agent has no mail and reads no message from standard input: use outrider-agent.mjs.",
    );
  const agent = await wireAgent(terminal, config, terminalLogger(terminal, "warn"), large);
  try {
    const receiver = large.mail.pipe(terminal.stdin, spoolDirectory(config, "stdin"));
    const { signal } = terminal;
    let reception: Reception = { verdict: "ignored", detail: "not a message of ours" };
    for await (const incoming of receiver.receive({ signal }))
      reception = await agent.receiveOne(incoming, { transport: "email", signal });
    return { reception, receiptsWaiting: await agent.flush({ signal }) };
  } finally {
    await agent.close();
  }
}
