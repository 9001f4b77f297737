/** `outrider agent receive`: one message on standard input, as a mail system's pipe gives it; then done. */
import type { Reception } from "../../../agent/index.ts";
import { errorAdvice } from "../../../errors/advice.ts";
import type { ErrorCode } from "../../../errors/index.ts";
import { comeAgain, receiveMessage, verdictExits } from "../../agent/receive.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultAgentConfig, readAgentConfig } from "../../config.ts";
import { everyTransport } from "../../wiring/every-transport.ts";

export const receiveCommand: CommandDefinition = (group, context) => {
  group
    .command("receive")
    .argument("[config]", "agent configuration", defaultAgentConfig)
    .description("deal with one mail, or one bare notification, on standard input")
    .option("--pipe", "exit as mail systems expect it: 75, bring it again; 0, done")
    .addHelpText(
      "after",
      "\nA message that is not ours is ignored, with exit code 0; one that must come again ends with 3.\n\nExample:\n  outrider agent receive < message.eml",
    )
    .action(async (path: string, options: { readonly pipe?: true }) => {
      if (options.pipe === true) context.failWith(comeAgain);
      const terminal = context.terminal();
      const config = await readAgentConfig(terminal, path);
      const { reception, receiptsWaiting } = await receiveMessage(terminal, config, everyTransport);
      const exit = verdictExits[reception.verdict];
      if (options.pipe !== true && exit !== 0) context.exitWith(exit);
      if (options.pipe === true && reception.verdict === "postponed") context.exitWith(comeAgain);
      terminal.result(
        { outcome: reception.verdict, ...reception, receiptsWaiting },
        describe(reception),
      );
    });
};

function describe({ verdict, code, detail, package: name, version }: Reception): string {
  const subject = name === undefined ? "" : ` ${name} ${version ?? ""}`;
  const remedy =
    code !== undefined && code in errorAdvice ? ` ${errorAdvice[code as ErrorCode].remedy}` : "";
  return `${verdict}${subject}${code === undefined ? "" : ` ${code}`}: ${detail}${remedy}`;
}
