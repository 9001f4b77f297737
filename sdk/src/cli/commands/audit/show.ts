/** `outrider audit show`: the last entries of the audit log, checked while they are read. */
import type { AuditLine } from "../../../server/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultServerConfig } from "../../config.ts";
import { wholeNumber } from "../../options.ts";
import { formatTable } from "../../table.ts";
import { readAudit } from "../../wiring/audit.ts";

interface ShowOptions {
  readonly config: string;
  readonly last: number;
  readonly refused?: true;
}

export const showCommand: CommandDefinition = (group, context) => {
  group
    .command("show")
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .option("--last <number>", "how many entries", wholeNumber, 20)
    .option("--refused", "only what was refused")
    .description("show what came to the server, and what became of it")
    .addHelpText("after", "\nExample:\n  outrider audit show --refused --last 100")
    .action(async ({ config, last, refused }: ShowOptions) => {
      const terminal = context.terminal();
      const entries: AuditLine[] = [];
      const onLine = (line: AuditLine): void => {
        if (refused === true && line.verdict !== "refused") return;
        entries.push(line);
        if (entries.length > last) entries.shift();
      };
      await readAudit(terminal, { config, onLine });
      terminal.result(
        entries,
        entries.length === 0
          ? "No entries."
          : formatTable(
              ["number", "at", "what", "by", "verdict", "code", "id", "signed by"],
              entries.map(row),
            ),
      );
    });
};

/**
 * A control is known by the deployment that it steers, and a key by the end of its fingerprint, as `trust show` has it.
 */
function row(line: AuditLine): string[] {
  const { number, at, kind, via, verdict, code, id, deployment, sha256, signers = [] } = line;
  return [
    String(number),
    at,
    kind,
    via,
    verdict,
    code ?? "",
    (kind === "control" ? deployment : id) ?? `sha256 ${sha256.slice(0, 16)}`,
    signers.map((signer) => signer.slice(-16)).join(" "),
  ];
}
