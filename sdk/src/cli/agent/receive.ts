/** An agent that deals with one message on standard input, then ends. */
import type { Reception } from "../../agent/index.ts";
import { isOutriderError, OutriderError, type ErrorCode } from "../../errors/index.ts";
import type { AgentConfig } from "../../schema/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import { terminalLogger } from "../logging.ts";
import { wireAgent } from "../wiring/agent.ts";
import type { LargeTransports } from "../wiring/large-transports.ts";

/** What became of the message, and how many receipts could not be sent yet. */
export interface ReceivedMessage {
  readonly reception: Reception;
  readonly receiptsWaiting: number;
}

/** Verdicts on the message itself, not on what was done with it. */
const unreadable: ReadonlySet<ErrorCode> = new Set([
  "MESSAGE_AMBIGUOUS",
  "MESSAGE_LIMIT",
  "MESSAGE_SEALED",
]);

/** Exit code for each verdict: after 3 the mail system must keep the message and bring it again. */
export const verdictExits: Readonly<Record<Reception["verdict"], 0 | 1 | 3>> = {
  handled: 0,
  ignored: 0,
  refused: 1,
  postponed: 3,
};

/**
 * Tells a mail system to keep the message and bring it again (EX_TEMPFAIL of sysexits.h). After any other code than 0
 * it would send a report to the sender, who is whoever a forger named: so what was refused is done with, too.
 */
export const comeAgain = 75;

/** Deals with one mail, or one bare notification. @throws as {@link wireAgent} */
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
  const logger = terminalLogger(terminal, "warn");
  const { agent, mail } = await wireAgent(terminal, config, logger, large);
  try {
    const { signal, stdin } = terminal;
    let reception: Reception = { verdict: "ignored", detail: "not a message of ours" };
    const onPart = (): void => {
      reception = { verdict: "handled", detail: "a part of an archive: it waits for the others" };
    };
    try {
      for await (const incoming of mail?.pipe(stdin, onPart).receive({ signal }) ?? [])
        reception = await agent.receiveOne(incoming, { transport: "email", signal });
    } catch (error) {
      if (!isOutriderError(error) || !unreadable.has(error.code)) throw error;
      reception = { verdict: "refused", code: error.code, detail: error.message };
    }
    // Takes up what waited for just this part, too.
    return { reception, receiptsWaiting: await agent.flush({ signal }) };
  } finally {
    await agent.close();
  }
}
