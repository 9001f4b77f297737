/** `outrider agent encryption-key`: the key to which archives in mails to this machine may be encrypted. */
import { OutriderError } from "../../../errors/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultAgentConfig, readAgentConfig } from "../../config.ts";

export const encryptionKeyCommand: CommandDefinition = (group, context) => {
  group
    .command("encryption-key")
    .argument("[config]", "agent configuration", defaultAgentConfig)
    .description("print the key to which archives for this machine may be encrypted")
    .addHelpText(
      "after",
      "\nThe configuration names the file of the secret key, decryptionKeyFile; it is made where there is none. What is\nprinted belongs into the server's list of agents, as encryptionKey.\n\nExample:\n  outrider agent encryption-key > till-7.asc",
    )
    .action(async (path: string) => {
      const terminal = context.terminal();
      const { values, resolve } = await readAgentConfig(terminal, path);
      if (values.decryptionKeyFile === undefined)
        throw new OutriderError(
          "CONFIG_INVALID",
          `${path} names no decryptionKeyFile. Add one, such as "decryption-key.asc".`,
          { subject: path },
        );
      const { openDecryptionKey } =
        await import("../../../transports/email/receiver/decrypt/index.ts");
      const key = await openDecryptionKey(resolve(values.decryptionKeyFile), values.id);
      terminal.result(key, key.publicKey);
    });
};
