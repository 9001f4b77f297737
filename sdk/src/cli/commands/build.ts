/** `outrider build`: from outrider.json to a manifest to sign and an archive to carry it. */
import { join } from "node:path";
import { say } from "../../errors/index.ts";
import { buildPackage } from "../../package/build/index.ts";
import { systemClock } from "../../ports/index.ts";
import { resolvePath, shownPath } from "../../release/files.ts";
import { fullArchiveOf } from "../../release/package.ts";
import type { CommandDefinition } from "../command.ts";
import { formatBytes, formatCount } from "../format.ts";
import { moment, several, wholeNumber } from "../options.ts";
import { describeSaving } from "../saving.ts";

interface BuildOptions {
  readonly out: string;
  readonly releasedAt?: Date;
  readonly level?: number;
  readonly threads?: number;
  readonly from?: readonly string[];
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
    .option(
      "--from <package>",
      "make a patch from this earlier package too; may be given several times",
      several,
    )
    .option("--force", "replace a package that was signed already")
    .description("build a package from its source manifest")
    .addHelpText(
      "after",
      "\nExamples:\n  outrider build\n  outrider build press/outrider.json --out dist --released-at 2026-11-22T12:00:00Z\n  outrider build --from dist/press-control-2.9.0 --from archive/press-control-2.8.0.outrider",
    )
    .action(async (source: string, options: BuildOptions) => {
      const terminal = context.terminal();
      const progress = terminal.follow(say("building {0}", source));
      const built = await buildPackage({
        sourceFile: resolvePath(terminal, source),
        outputDirectory: resolvePath(terminal, options.out),
        releasedAt: options.releasedAt ?? systemClock.now(),
        level: options.level,
        threads: options.threads,
        from: await Promise.all(
          (options.from ?? []).map((earlier) => fullArchiveOf(terminal, earlier)),
        ),
        force: options.force,
        signal: terminal.signal,
        onProgress: progress.update,
      }).finally(progress.stop);
      const { manifest, directory, manifestPath, archivePath, manifestSha256, archive, patches } =
        built;
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
          patches: patches.map(({ name, base, size }) => ({
            path: join(directory, name),
            size,
            base,
          })),
        },
        [
          `Built ${manifest.name} ${manifest.version}: ${formatCount(manifest.files.length, "file")}, ${formatBytes(payload)}, packed ${formatBytes(archive.size)}.`,
          ...patches.map(
            ({ base, size }) =>
              `  from ${base.version}: ${formatBytes(size)}, ${describeSaving(size, archive.size)}`,
          ),
          `  manifest ${manifestSha256}`,
          `  in ${shownPath(terminal, directory)}`,
          `Next: outrider sign ${shownPath(terminal, directory)} --key FILE`,
        ],
      );
    });
};
