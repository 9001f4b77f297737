/** A person takes one machine back to the version before. */
import type { Withdrawal } from "../../agent/index.ts";
import type { AgentConfig } from "../../schema/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import { terminalLogger } from "../logging.ts";
import { wireAgent } from "../wiring/agent.ts";
import type { LargeTransports } from "../wiring/large-transports.ts";

/** Goes back and tries to tell the server. @throws NOTHING_KEPT, and as {@link wireAgent} */
export async function rollBackPackage(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
  name: string,
  large: LargeTransports | undefined,
): Promise<Withdrawal & { readonly receiptsWaiting: number }> {
  const { agent } = await wireAgent(terminal, config, terminalLogger(terminal, "warn"), large);
  const { signal } = terminal;
  try {
    const withdrawal = await agent.rollBack(name, { signal });
    return { ...withdrawal, receiptsWaiting: await agent.flush({ signal }) };
  } finally {
    await agent.close();
  }
}
