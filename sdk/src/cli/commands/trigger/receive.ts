/** `outrider trigger receive`: the dormant server, started by its trigger (DESIGN 1): judges it, sends, ends. */
import { OutriderError } from "../../../errors/index.ts";
import { maxEnvelopeBytes } from "../../../messages/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultServerConfig, readServerConfig } from "../../config.ts";
import type { Terminal } from "../../io.ts";
import { terminalLogger } from "../../logging.ts";

export const receiveCommand: CommandDefinition = (group, context) => {
  group
    .command("receive")
    .argument("[config]", "server configuration", defaultServerConfig)
    .description("deal with one trigger, control or receipt on standard input")
    .addHelpText(
      "after",
      "\nFor a server that does not run: one that does takes it by HTTP. What is not ours is ignored, with exit code 0.\n\nExample:\n  outrider trigger receive < order.json",
    )
    .action(async (path: string) => {
      const terminal = context.terminal();
      const config = await readServerConfig(terminal, path);
      const bytes = await readMessage(terminal);
      const { requireFreePort } = await import("../../wiring/listen.ts");
      const { wireServer } = await import("../../wiring/server.ts");
      // Where the server runs already, it alone writes its audit log: the message goes to it by HTTP.
      await requireFreePort(config.values.listen);
      const wired = await wireServer(terminal, config, {
        logger: terminalLogger(terminal, "warn"),
        listening: false,
      });
      const { server } = wired;
      try {
        const verdict = await server.take(bytes, "stdin");
        if (verdict.outcome === "refused")
          throw new OutriderError(verdict.code, verdict.message, { subject: "standard input" });
        if (verdict.outcome === "accepted") await server.settle();
        terminal.result(
          verdict,
          verdict.outcome === "ignored"
            ? "Ignored: not a message of ours."
            : `Deployment ${verdict.deployment} accepted, and what is due now was sent.`,
        );
      } finally {
        await wired.close();
      }
    });
};

const maxBytes = Math.max(
  maxEnvelopeBytes["trigger/1"],
  maxEnvelopeBytes["control/1"],
  maxEnvelopeBytes["receipt/1"],
);

async function readMessage({ stdin }: Terminal): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stdin as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(piece as string);
    size += bytes.length;
    if (size > maxBytes)
      throw new OutriderError(
        "DOCUMENT_TOO_LARGE",
        `Standard input has more than ${maxBytes} bytes: no message is so large.`,
        { subject: "standard input" },
      );
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
