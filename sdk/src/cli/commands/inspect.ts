/** `outrider inspect`: what is in a package, and what a given machine would get of it. Judges nothing. */
import {
  inspectPackage,
  type FileSummary,
  type MachineFacts,
  type OpenArchive,
  type PackageInspection,
} from "../../package/index.ts";
import type { Condition } from "../../schema/index.ts";
import type { CommandDefinition } from "../command.ts";
import { shownPath } from "../files.ts";
import { formatBytes } from "../format.ts";
import { machineFacts } from "../machine-facts.ts";
import { formatTable } from "../table.ts";
import { openPackage } from "../wiring/package.ts";

interface InspectOptions {
  readonly for?: MachineFacts;
  readonly files?: true;
}

export const inspect: CommandDefinition = (program, context) => {
  program
    .command("inspect")
    .argument("<package>", "an archive, or the folder that build made")
    .option(
      "--for <facts>",
      "say which variant this machine gets, and why: os=linux,arch=x64,FACT=VALUE, or this",
      machineFacts,
    )
    .option("--files", "list every file")
    .description("show what is in a package, with sizes and variants")
    .addHelpText(
      "after",
      "\nIt shows what the package says of itself; whether that is to be believed says outrider verify.\n\nExamples:\n  outrider inspect dist/press-control-3.0.0 --files\n  outrider inspect press-control-3.0.0.outrider --for os=linux,arch=arm64,installed=2.1.0,hall=2",
    )
    .action(async (target: string, options: InspectOptions) => {
      const terminal = context.terminal();
      const { archive } = await openPackage(terminal, target);
      const inspection = await inspectAndClose(archive, options.for);
      const { manifest, choice } = inspection;
      const isLeftOut = choice !== undefined && choice.variant === undefined;
      if (isLeftOut && manifest.variants !== undefined) context.exitWith(1);
      terminal.result({ path: archive.path, ...inspection }, [
        ...describeHead(inspection, shownPath(terminal, archive.path)),
        "",
        ...shapeTable(inspection),
        ...(choice === undefined ? [] : ["", ...choice.trace]),
        ...(options.files === true ? ["", ...fileTable(inspection)] : []),
      ]);
    });
};

async function inspectAndClose(
  archive: OpenArchive,
  machine: MachineFacts | undefined,
): Promise<PackageInspection> {
  try {
    return await inspectPackage(archive, machine);
  } finally {
    await archive.close();
  }
}

function describeHead(
  { manifest, signatures, archive }: PackageInspection,
  path: string,
): string[] {
  const { name, version, kind, releasedAt, install, requires = {}, minimumVersion } = manifest;
  const needs = Object.entries(requires).map(([other, range]) => `${other} ${range}`);
  const signed = signatures.length === 0 ? "Not signed" : "Signed, and not judged here";
  return [
    `${name} ${version}, ${kind}, released ${releasedAt}, put in place by ${install.strategy}.`,
    ...(manifest.description === undefined ? [] : [manifest.description]),
    ...(needs.length === 0 ? [] : [`Requires ${needs.join(", ")}.`]),
    ...(minimumVersion === undefined ? [] : [`Updates ${minimumVersion} and later.`]),
    `${signed}. ${path}: ${formatBytes(archive.size)}, SHA-256 ${archive.sha256}`,
  ];
}

function shapeTable({ shapes }: PackageInspection): string[] {
  const rows = shapes.map(({ variant, when, files, size, stored }) => [
    variant ?? "(all machines)",
    String(files),
    formatBytes(size),
    formatBytes(stored),
    when === undefined ? "" : describeCondition(when),
  ]);
  return formatTable(["variant", "files", "size", "packed", "when"], rows);
}

function describeCondition({ os, arch, libc, installed, facts = {} }: Condition): string {
  const parts = [
    ...[os, arch, libc].flatMap((choice) => (choice === undefined ? [] : [choice.join(" or ")])),
    ...(installed === undefined ? [] : [`installed ${installed}`]),
    ...Object.entries(facts).map(([name, value]) => `${name}=${value}`),
  ];
  return parts.length === 0 ? "always" : parts.join(", ");
}

/** All files, or those of the machine that was asked about. */
function fileTable({ files, choice }: PackageInspection): string[] {
  const isShown = ({ variant }: FileSummary): boolean =>
    choice === undefined || variant === undefined || variant === choice.variant;
  const rows = files
    .filter(isShown)
    .map(({ target, size, stored, encoding, mode, variant }) => [
      target,
      formatBytes(size),
      formatBytes(stored),
      encoding,
      mode,
      variant ?? "",
    ]);
  return formatTable(["file", "size", "packed", "as", "mode", "variant"], rows);
}
