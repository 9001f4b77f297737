/** `outrider trust add-key`: judges certificates and gives their keys a role. */
import { Option } from "commander";
import { OutriderError } from "../../../errors/index.ts";
import { defaultTrustFile } from "../../../release/trust.ts";
import type { Role, Trust, TrustedKey } from "../../../schema/index.ts";
import { grantRole, type RoleScope } from "../../../trust/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { endOfDay, several, wholeNumber } from "../../options.ts";
import { judgeFiles } from "../../wiring/certificate.ts";
import { editTrustFile } from "../../wiring/trust-file.ts";

interface AddKeyOptions {
  readonly role: RoleScope["role"];
  readonly package?: string[];
  readonly group?: string[];
  readonly threshold?: number;
  readonly notAfter?: Date;
  readonly validDays: number;
  readonly trust: string;
}

export const addKeyCommand: CommandDefinition = (group, context) => {
  group
    .command("add-key")
    .argument("<certificates...>", "armored certificates")
    .addOption(
      new Option("--role <role>", "what they may do")
        .choices(["root", "release", "push", "server"])
        .makeOptionMandatory(),
    )
    .option("--package <pattern>", "for release: package names, * for any characters", several)
    .option("--group <pattern>", "for push: groups, * for any characters", several)
    .option(
      "--threshold <number>",
      "how many different persons must sign (default: as before, else 1)",
      wholeNumber,
    )
    .option("--not-after <date>", "the keys end on this day, YYYY-MM-DD, if not earlier", endOfDay)
    .option("--valid-days <number>", "how long a new version is good", wholeNumber, 365)
    .option("--trust <file>", "the trust document", defaultTrustFile)
    .description("judge certificates and give their keys a role")
    .addHelpText(
      "after",
      "\nWho has the role already keeps it.\n\nExamples:\n  outrider trust add-key keys/ada.asc keys/ben.asc --role release --package 'press-*' --threshold 2\n  outrider trust add-key keys/ada.asc --role push --group 'hall-*'",
    )
    .action(async (certificates: string[], options: AddKeyOptions) => {
      const terminal = context.terminal();
      const scope = scopeOf(options);
      const keys = await judgeFiles(terminal, certificates, options.notAfter);
      const { path, document, notes } = await editTrustFile(
        terminal,
        options.trust,
        options.validDays,
        (draft) => extendRole(draft, scope, keys, options.threshold),
      );
      terminal.result(
        {
          version: document.version,
          role: scope,
          keys: keys.map(({ fingerprint }) => fingerprint),
        },
        [
          ...notes,
          ...keys.map(
            ({ owner, fingerprint, notAfter }) =>
              `${owner} (${fingerprint}), good until ${notAfter}, has the role ${options.role}.`,
          ),
          `Draft of version ${document.version} in ${path}. Next: outrider trust sign`,
        ],
      );
    });
};

function scopeOf({ role, package: packages, group: groups }: AddKeyOptions): RoleScope {
  const missing = (option: string): never => {
    throw new OutriderError("CONFIG_INVALID", `The role ${role} needs ${option}.`);
  };
  if (role === "release") return { role, packages: packages ?? missing("--package NAME") };
  if (role === "push") return { role, groups: groups ?? missing("--group NAME") };
  return { role };
}

/** Who has the role keeps it; the threshold stays unless a new one is given. */
function extendRole(
  draft: Trust,
  scope: RoleScope,
  added: readonly TrustedKey[],
  threshold: number | undefined,
): Trust {
  const role = findRole(draft, scope);
  const fingerprints = new Set(added.map(({ fingerprint }) => fingerprint));
  const before = draft.keys.filter(
    ({ fingerprint }) =>
      role?.keys.includes(fingerprint) === true && !fingerprints.has(fingerprint),
  );
  return grantRole(draft, scope, {
    keys: [...before, ...added],
    threshold: threshold ?? role?.threshold ?? 1,
  });
}

function findRole({ roles }: Trust, scope: RoleScope): Role | undefined {
  if (scope.role === "release")
    return roles.release.find(({ packages }) => isSame(packages, scope.packages));
  if (scope.role === "push") return roles.push.find(({ groups }) => isSame(groups, scope.groups));
  return roles[scope.role];
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.toSorted().join("\n") === right.toSorted().join("\n");
}
