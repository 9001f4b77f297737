/** `outrider verify`: makes every check in order and explains it; the first that fails gives the code. */
import { inEnglish } from "../../errors/index.ts";
import { defaultTrustFile, openTrust } from "../../release/trust.ts";
import { verifyPackage } from "../../release/verify.ts";
import type { CommandDefinition } from "../command.ts";
import { several } from "../options.ts";

export const verify: CommandDefinition = (program, context) => {
  program
    .command("verify")
    .argument("<package>", "an archive, or the folder that build made")
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .option(
      "--base <package>",
      "an earlier package, to apply patches to; may be given several times",
      several,
    )
    .description("check a package against the trust document and explain every check")
    .addHelpText(
      "after",
      "\nExample:\n  outrider verify dist/press-control-3.0.0 --trust trust.json\n  outrider verify dist/press-control-3.0.0 --base dist/press-control-2.9.0",
    )
    .action(async (target: string, options: { trust: string; base?: readonly string[] }) => {
      const terminal = context.terminal();
      const trust = await openTrust(terminal, options.trust);
      const { failed, manifest, steps } = await verifyPackage(
        terminal,
        target,
        trust,
        options.base ?? [],
      );
      const told = steps.map((step) => ({ ...step, sentence: inEnglish(step.sentence) }));
      if (failed !== undefined) context.exitWith(1);
      const verdict =
        failed === undefined ? `${target} is good.` : `${target} is refused: ${failed.code ?? ""}.`;
      terminal.result(
        {
          package: target,
          verified: failed === undefined,
          ...(failed === undefined ? {} : { code: failed.code }),
          manifest,
          checks: told,
        },
        [
          ...told.map(
            ({ name, passed, sentence }) =>
              `${passed ? "ok     " : "REFUSED"}  ${name.padEnd(10)}  ${sentence}`,
          ),
          verdict,
        ],
      );
    });
};
