/** `outrider trust show`: roles, keys and signatures as a table. */
import { namedRoles } from "../../../trust/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { formatTable } from "../../table.ts";
import { describeTallies, tallyJson } from "../../wiring/tally.ts";
import { readTrustFile } from "../../wiring/trust-file.ts";
import { defaultTrustFile } from "../../wiring/trust.ts";

export const showCommand: CommandDefinition = (group, context) => {
  group
    .command("show")
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .description("show roles, keys and signatures")
    .action(async (options: { trust: string }) => {
      const terminal = context.terminal();
      const { document, tallies, isComplete } = await readTrustFile(terminal, options.trust);
      const owners = new Map(document.keys.map((key) => [key.fingerprint, key]));
      const rows = namedRoles(document).flatMap(([name, { keys, threshold }]) =>
        keys.map((fingerprint, at) => [
          at === 0 ? name : "",
          at === 0 ? `${threshold} of ${keys.length}` : "",
          owners.get(fingerprint)?.owner ?? "?",
          fingerprint,
          owners.get(fingerprint)?.notAfter.slice(0, 10) ?? "",
        ]),
      );
      const { keys = [], manifests = [] } = document.revoked ?? {};
      terminal.result({ document, complete: isComplete, tallies: tallyJson(tallies) }, [
        `Version ${document.version}, issued ${document.issuedAt}, good until ${document.expiresAt}.`,
        "",
        ...formatTable(["role", "must sign", "owner", "key", "until"], rows),
        "",
        ...keys.map((fingerprint) => `revoked key ${fingerprint}`),
        ...manifests.map((sha256) => `recalled manifest ${sha256}`),
        ...describeTallies(tallies),
        isComplete ? "Complete." : "Not complete: it authorises nothing yet.",
      ]);
    });
};
