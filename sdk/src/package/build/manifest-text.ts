/** Writes `manifest.json`: one member a line, one file a line, so that people can read and compare what they sign. */
import type { Manifest, ManifestFile, SourceManifest } from "../../schema/index.ts";

/** The manifest of a source manifest and its files. Members always stand in the same order. */
export function toManifest(
  source: SourceManifest,
  files: ManifestFile[],
  releasedAt: Date,
): Manifest {
  const { description, variants, requires, minimumVersion } = source;
  return {
    type: "manifest/1",
    name: source.name,
    version: source.version,
    releasedAt: releasedAt.toISOString(),
    kind: source.kind ?? "program",
    ...(description === undefined ? {} : { description }),
    ...(minimumVersion === undefined ? {} : { minimumVersion }),
    ...(requires === undefined ? {} : { requires }),
    ...(variants === undefined
      ? {}
      : { variants: variants.map(({ name, when }) => ({ name, when })) }),
    install: source.install,
    files,
  };
}

/** The exact text that is signed. */
export function writeManifest(manifest: Manifest): string {
  const members = Object.entries(manifest).map(([name, value]) => {
    const lines =
      name === "files" || name === "variants"
        ? listLines(value as readonly unknown[])
        : JSON.stringify(value);
    return `  ${JSON.stringify(name)}: ${lines}`;
  });
  return `{\n${members.join(",\n")}\n}\n`;
}

function listLines(values: readonly unknown[]): string {
  return `[\n${values.map((value) => `    ${JSON.stringify(value)}`).join(",\n")}\n  ]`;
}
