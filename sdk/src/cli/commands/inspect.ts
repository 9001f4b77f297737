/** `outrider inspect`: what is in a package, and what a given machine would get of it. Judges nothing. */
import { basename } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import {
  inspectPackage,
  type FileSummary,
  type MachineFacts,
  type OpenArchive,
  type PackageInspection,
} from "../../package/index.ts";
import { shownPath } from "../../release/files.ts";
import { openNamedArchive, openPackage } from "../../release/package.ts";
import type { Condition } from "../../schema/index.ts";
import type { CommandDefinition } from "../command.ts";
import { formatBytes } from "../format.ts";
import type { Terminal } from "../io.ts";
import { machineFacts } from "../machine-facts.ts";
import { describeSaving } from "../saving.ts";
import { formatTable } from "../table.ts";

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
      const { archive, patches } = await openPackage(terminal, target);
      const inspection = await inspectAndClose(archive, options.for);
      const { manifest, choice } = inspection;
      const isLeftOut = choice !== undefined && choice.variant === undefined;
      const shown = await describePatches(terminal, patches, inspection);
      if (isLeftOut && manifest.variants !== undefined) context.exitWith(1);
      terminal.result({ path: archive.path, ...inspection, patches: shown }, [
        ...describeHead(inspection, shownPath(terminal, archive.path)),
        ...(shown.length === 0 ? [] : ["", ...patchTable(shown, inspection)]),
        "",
        ...shapeTable(inspection),
        ...(choice === undefined ? [] : ["", ...choice.trace]),
        ...(options.files === true ? ["", ...fileTable(inspection)] : []),
      ]);
    });
};

/** A patch beside the full archive. */
interface PatchSummary {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** SHA-256 of the manifest that must be installed. */
  readonly base: string;
  /** Files by how the patch has them. */
  readonly files: Readonly<Record<"same" | "changed" | "whole", number>>;
}

async function describePatches(
  terminal: Terminal,
  paths: readonly string[],
  { manifestSha256 }: PackageInspection,
): Promise<PatchSummary[]> {
  const summaries: PatchSummary[] = [];
  for (const path of paths) {
    const patch = await inspectAndClose(await openNamedArchive(terminal, path), undefined);
    const { sha256, size, base = "" } = patch.archive;
    if (patch.manifestSha256 !== manifestSha256)
      throw new OutriderError(
        "PACKAGE_MISMATCH",
        `${path} carries another manifest than the full archive beside it. Build the package again.`,
        { subject: path },
      );
    const count = (wanted: (encoding: FileSummary["encoding"]) => boolean): number =>
      patch.files.filter(({ encoding }) => wanted(encoding)).length;
    const files = {
      same: count((encoding) => encoding === "same"),
      changed: count((encoding) => encoding === "zstd-patch"),
      whole: count((encoding) => encoding !== "same" && encoding !== "zstd-patch"),
    };
    summaries.push({ path, size, sha256, base, files });
  }
  return summaries;
}

function patchTable(patches: readonly PatchSummary[], { archive }: PackageInspection): string[] {
  return formatTable(
    ["patch", "packed", "saves", "same", "changed", "whole"],
    patches.map(({ path, size, files }) => [
      basename(path),
      formatBytes(size),
      describeSaving(size, archive.size),
      String(files.same),
      String(files.changed),
      String(files.whole),
    ]),
  );
}

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
  const patch =
    archive.base === undefined ? [] : [`A patch of the release with manifest ${archive.base}.`];
  return [
    `${name} ${version}, ${kind}, released ${releasedAt}, put in place by ${install.strategy}.`,
    ...(manifest.description === undefined ? [] : [manifest.description]),
    ...(needs.length === 0 ? [] : [`Requires ${needs.join(", ")}.`]),
    ...(minimumVersion === undefined ? [] : [`Updates ${minimumVersion} and later.`]),
    ...patch,
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
