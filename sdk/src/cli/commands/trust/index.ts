/** `outrider trust`: who may do what. */
import type { CommandDefinition } from "../../command.ts";
import { addKeyCommand } from "./add-key.ts";
import { initCommand } from "./init.ts";
import { recallCommand } from "./recall.ts";
import { removeKeyCommand } from "./remove-key.ts";
import { rotateCommand } from "./rotate.ts";
import { showCommand } from "./show.ts";
import { signCommand } from "./sign.ts";

export const trust: CommandDefinition = (program, context) => {
  const group = program
    .command("trust")
    .description("say which keys may do what, and sign it together")
    .addHelpText(
      "after",
      [
        "",
        "Example: two people release, each may push",
        "  outrider trust init --root keys/root.asc --server keys/server.asc",
        "  outrider trust add-key keys/ada.asc keys/ben.asc --role release --package 'press-*' --threshold 2",
        "  outrider trust add-key keys/ada.asc keys/ben.asc --role push --group '*'",
        "  outrider trust sign --key keys/root.secret.asc",
        "  outrider trust show",
      ].join("\n"),
    );
  for (const define of [
    initCommand,
    addKeyCommand,
    removeKeyCommand,
    rotateCommand,
    recallCommand,
    signCommand,
    showCommand,
  ])
    define(group, context);
};
