/** `outrider inspect`: what is in a package, and what a given machine would get of it. Judges nothing. */
import {
  checkManifest,
  chooseVariant,
  targetOf,
  type MachineFacts,
  type OpenArchive,
} from "../../package/index.ts";
import {
  readDocumentText,
  validateManifest,
  type Condition,
  type Manifest,
  type ManifestFile,
} from "../../schema/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import type { CommandDefinition } from "../command.ts";
import { formatBytes } from "../format.ts";
import { machineFacts } from "../machine-facts.ts";
import { formatTable } from "../table.ts";
import { openPackage } from "../wiring/package.ts";

interface InspectOptions {
  readonly for?: MachineFacts;
  readonly files?: true;
}

/** A file, and how it lies in the archive. */
interface StoredFile extends ManifestFile {
  readonly encoding: string;
  readonly stored: number;
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
      const { manifest: sealed, archive } = await openPackage(terminal, target);
      await archive.close();
      const manifest = readDocumentText(sealed.text, validateManifest, target);
      checkManifest(manifest, target);
      const files = storedFiles(manifest, archive);
      const choice = options.for === undefined ? undefined : chooseVariant(manifest, options.for);
      const chosen = choice === undefined ? files : only(files, choice.files);
      terminal.result(
        {
          manifest,
          sha256: sha256Hex(sealed.bytes),
          signatures: sealed.signatures.length,
          archive: { path: archive.path, size: archive.size, sha256: archive.sha256 },
          files,
          ...(choice === undefined
            ? {}
            : { choice: { ...choice, files: choice.files.map(({ path }) => path) } }),
        },
        [
          ...describeHead(manifest, sealed.signatures.length, archive),
          "",
          ...formatTable(
            ["variant", "files", "size", "packed", "when"],
            variantRows(manifest, files),
          ),
          ...(choice === undefined
            ? []
            : ["", ...choice.trace, `${total(chosen)} for this machine.`]),
          ...(options.files === true ? ["", ...fileTable(chosen)] : []),
        ],
      );
    });
};

function storedFiles(manifest: Manifest, { head }: OpenArchive): StoredFile[] {
  const entries = new Map(head.index.entries.map((entry) => [entry.path, entry]));
  return manifest.files.map((file) => {
    const entry = entries.get(file.path);
    return { ...file, encoding: entry?.encoding ?? "missing", stored: entry?.length ?? 0 };
  });
}

function only(files: readonly StoredFile[], wanted: readonly ManifestFile[]): StoredFile[] {
  const paths = new Set(wanted.map(({ path }) => path));
  return files.filter(({ path }) => paths.has(path));
}

function describeHead(manifest: Manifest, signatures: number, archive: OpenArchive): string[] {
  const { name, version, kind, releasedAt, install, requires = {}, minimumVersion } = manifest;
  const needs = Object.entries(requires).map(([other, range]) => `${other} ${range}`);
  return [
    `${name} ${version}, ${kind}, released ${releasedAt}, put in place by ${install.strategy}.`,
    ...(manifest.description === undefined ? [] : [manifest.description]),
    ...(needs.length === 0 ? [] : [`Requires ${needs.join(", ")}.`]),
    ...(minimumVersion === undefined ? [] : [`Updates ${minimumVersion} and later.`]),
    `${signatures === 1 ? "1 signature" : `${signatures} signatures`}, not judged here.`,
    `${archive.path}: ${formatBytes(archive.size)}, SHA-256 ${archive.sha256}`,
  ];
}

function variantRows(manifest: Manifest, files: readonly StoredFile[]): string[][] {
  const row = (name: string, variant: string | undefined, when: string): string[] => {
    const own = files.filter((file) => file.variant === variant);
    return [name, String(own.length), sizeOf(own), packedSizeOf(own), when];
  };
  const variants = manifest.variants ?? [];
  const common = row(variants.length === 0 ? "(all machines)" : "(all variants)", undefined, "");
  return [common, ...variants.map(({ name, when }) => row(name, name, describeCondition(when)))];
}

function describeCondition({ os, arch, libc, installed, facts = {} }: Condition): string {
  const parts = [
    ...[os, arch, libc].flatMap((choice) => (choice === undefined ? [] : [choice.join(" or ")])),
    ...(installed === undefined ? [] : [`installed ${installed}`]),
    ...Object.entries(facts).map(([name, value]) => `${name}=${value}`),
  ];
  return parts.length === 0 ? "always" : parts.join(", ");
}

function fileTable(files: readonly StoredFile[]): string[] {
  const rows = files.map((file) => [
    targetOf(file),
    formatBytes(file.size),
    formatBytes(file.stored),
    file.encoding,
    file.mode,
    file.variant ?? "",
  ]);
  return formatTable(["file", "size", "packed", "as", "mode", "variant"], rows);
}

function total(files: readonly StoredFile[]): string {
  const count = files.length === 1 ? "1 file" : `${files.length} files`;
  return `${count}, ${sizeOf(files)}, packed ${packedSizeOf(files)}`;
}

function sizeOf(files: readonly StoredFile[]): string {
  return formatBytes(files.reduce((sum, { size }) => sum + size, 0));
}

function packedSizeOf(files: readonly StoredFile[]): string {
  return formatBytes(files.reduce((sum, { stored }) => sum + stored, 0));
}
