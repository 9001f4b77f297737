/** `outrider trust show`: roles, keys and signatures as a table. */
import { inEnglish } from "../../../errors/index.ts";
import { describeTallies, tallyJson } from "../../../release/tally.ts";
import { defaultTrustFile } from "../../../release/trust.ts";
import type { Trust } from "../../../schema/index.ts";
import { namedRoles } from "../../../trust/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { formatTable } from "../../table.ts";
import { describeChanges } from "../../wiring/trust-changes.ts";
import { readTrustFile, type TrustVersion } from "../../wiring/trust-file.ts";

export const showCommand: CommandDefinition = (group, context) => {
  group
    .command("show")
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .description("show roles, keys and signatures of the version in force, and of a draft")
    .addHelpText("after", "\nExample:\n  outrider trust show")
    .action(async (options: { trust: string }) => {
      const terminal = context.terminal();
      const { inForce, latest } = await readTrustFile(terminal, options.trust);
      const draft = latest === inForce ? undefined : latest;
      terminal.result({ inForce: versionJson(inForce), draft: versionJson(draft) }, [
        ...(inForce === undefined ? [] : describeVersion(inForce)),
        ...(draft === undefined ? [] : describeDraft(draft, inForce?.document)),
      ]);
    });
};

function versionJson(version: TrustVersion | undefined): object | null {
  if (version === undefined) return null;
  const { path, document, isComplete, tallies } = version;
  return { path, document, complete: isComplete, tallies: tallyJson(tallies) };
}

function describeVersion({ path, document, tallies, isComplete }: TrustVersion): string[] {
  const { keys = [], manifests = [] } = document.revoked ?? {};
  return [
    `${path}: version ${document.version}, ${isComplete ? "in force" : "NOT in force: too few have signed"}, issued ${document.issuedAt}, good until ${document.expiresAt}.`,
    "",
    ...roleTable(document),
    "",
    ...keys.map((fingerprint) => `revoked key ${fingerprint}`),
    ...manifests.map((sha256) => `recalled manifest ${sha256}`),
    ...describeTallies(tallies).map(inEnglish),
  ];
}

function describeDraft({ path, document, tallies }: TrustVersion, before?: Trust): string[] {
  return [
    ...(before === undefined ? [] : [""]),
    `${path}: draft of version ${document.version}, not in force.`,
    ...describeChanges(before, document).map((change) => `  ${change}`),
    ...describeTallies(tallies).map(inEnglish),
  ];
}

function roleTable(trust: Trust): string[] {
  const keys = new Map(trust.keys.map((key) => [key.fingerprint, key]));
  const rows = namedRoles(trust).flatMap(([name, role]) =>
    role.keys.map((fingerprint, at) => [
      at === 0 ? name : "",
      at === 0 ? `${role.threshold} of ${role.keys.length}` : "",
      keys.get(fingerprint)?.owner ?? "?",
      fingerprint,
      keys.get(fingerprint)?.notAfter.slice(0, 10) ?? "",
    ]),
  );
  return formatTable(["role", "must sign", "owner", "key", "until"], rows);
}
