/** `outrider agent receive`: one message on standard input, as a mail system's pipe gives it; then done. */
import type { Reception } from "../../../agent/index.ts";
import { errorTable, type ErrorCode } from "../../../errors/index.ts";
import { streamReceiver } from "../../../transports/email/receiver/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultAgentConfig, readAgentConfig } from "../../config.ts";
import { terminalLogger } from "../../logging.ts";
import { spoolDirectory, wireAgent } from "../../wiring/agent.ts";

export const receiveCommand: CommandDefinition = (group, context) => {
  group
    .command("receive")
    .argument("[config]", "agent configuration", defaultAgentConfig)
    .description("deal with one mail, or one bare notification, on standard input")
    .addHelpText(
      "after",
      "\nA message that is not ours is ignored, with exit code 0; one that must come again ends with 3.\n\nExample:\n  outrider agent receive < message.eml",
    )
    .action(async (path: string) => {
      const terminal = context.terminal();
      const config = await readAgentConfig(terminal, path);
      const agent = await wireAgent(terminal, config, terminalLogger(terminal, "warn"));
      try {
        const receiver = streamReceiver({
          input: terminal.stdin,
          spoolDirectory: spoolDirectory(config, "stdin"),
        });
        let reception: Reception = { verdict: "ignored", detail: "not a message of ours" };
        for await (const incoming of receiver.receive({ signal: terminal.signal }))
          reception = await agent.receiveOne(incoming, {
            transport: "email",
            signal: terminal.signal,
          });
        const receiptsWaiting = await agent.flush({ signal: terminal.signal });
        if (reception.verdict === "refused") context.exitWith(1);
        // The mail system must keep the message and bring it again.
        if (reception.verdict === "postponed") context.exitWith(3);
        terminal.result(
          { outcome: reception.verdict, ...reception, receiptsWaiting },
          describe(reception),
        );
      } finally {
        await agent.close();
      }
    });
};

function describe({ verdict, code, detail, package: name, version }: Reception): string {
  const subject = name === undefined ? "" : ` ${name} ${version ?? ""}`;
  const remedy =
    code !== undefined && code in errorTable ? ` ${errorTable[code as ErrorCode].remedy}` : "";
  return `${verdict}${subject}${code === undefined ? "" : ` ${code}`}: ${detail}${remedy}`;
}
