/** `outrider build`: from outrider.json to a manifest to sign and an archive to carry it. */
import { buildPackage } from "../../package/build/index.ts";
import { systemClock } from "../../ports/index.ts";
import type { CommandDefinition } from "../command.ts";
import { resolvePath, shownPath } from "../files.ts";
import { formatBytes, formatCount } from "../format.ts";
import { moment, wholeNumber } from "../options.ts";
import { followProgress } from "../progress.ts";

interface BuildOptions {
  readonly out: string;
  readonly releasedAt?: Date;
  readonly level?: number;
  readonly threads?: number;
  readonly force?: true;
}

export const build: CommandDefinition = (program, context) => {
  program
    .command("build")
    .argument("[source]", "the source manifest", "outrider.json")
    .option("--out <folder>", "where NAME-VERSION is made", "dist")
    .option(
      "--released-at <moment>",
      "release moment, RFC 3339; the same gives the same bytes (default: now)",
      moment,
    )
    .option(
      "--level <number>",
      "zstd level 1 to 19 (default: the source manifest's, else 6)",
      wholeNumber,
    )
    .option("--threads <number>", "threads that compress (default: all)", wholeNumber)
    .option("--force", "replace a package that was signed already")
    .description("build a package from its source manifest")
    .addHelpText(
      "after",
      "\nExamples:\n  outrider build\n  outrider build press/outrider.json --out dist --released-at 2026-11-22T12:00:00Z",
    )
    .action(async (source: string, options: BuildOptions) => {
      const terminal = context.terminal();
      const progress = followProgress(terminal, `building ${source}`);
      const built = await buildPackage({
        sourceFile: resolvePath(terminal, source),
        outputDirectory: resolvePath(terminal, options.out),
        releasedAt: options.releasedAt ?? systemClock.now(),
        level: options.level,
        threads: options.threads,
        force: options.force,
        signal: terminal.signal,
        onProgress: progress.update,
      }).finally(progress.stop);
      const { manifest, directory, manifestPath, archivePath, manifestSha256, archive } = built;
      const payload = manifest.files.reduce((sum, { size }) => sum + size, 0);
      terminal.result(
        {
          name: manifest.name,
          version: manifest.version,
          files: manifest.files.length,
          bytes: payload,
          directory,
          manifest: { path: manifestPath, sha256: manifestSha256 },
          archive: { path: archivePath, size: archive.size },
        },
        [
          `Built ${manifest.name} ${manifest.version}: ${formatCount(manifest.files.length, "file")}, ${formatBytes(payload)}, packed ${formatBytes(archive.size)}.`,
          `  manifest ${manifestSha256}`,
          `  in ${shownPath(terminal, directory)}`,
          `Next: outrider sign ${shownPath(terminal, directory)} --key FILE`,
        ],
      );
    });
};
