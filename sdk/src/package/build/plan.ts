/**
 * From globs to a list of files: which file of the source folder goes where in the package, for which machines.
 * Decides nothing by the order in which a disk lists its files. Links, and whatever is reached through one, are
 * refused: a package holds files of its own folder and nothing else.
 */
import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { OutriderError, say, type Sentence } from "../../errors/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import type { FileSet, SourceManifest } from "../../schema/index.ts";
import { headNames, maxFiles } from "../limits.ts";
import { checkPlaces } from "../manifest.ts";
import { checkPath, pathKey } from "../path.ts";
import { earlierBuilds, findFiles, insideOf } from "./find-files.ts";

/** One file to pack. */
export interface PlannedFile {
  /** Absolute path on this machine. */
  readonly source: string;
  /** Where it lies in the archive. */
  readonly path: string;
  /** Where it is installed. */
  readonly target: string;
  readonly variant?: string;
  readonly mode: "644" | "755";
  /** Bytes, when it was planned. */
  readonly size: number;
}

/** What planning takes. */
export interface PlanOptions {
  readonly fileSystem: FileSystem;
  /** The source manifest's path, for messages. */
  readonly subject: string;
  /** Where packages are made: what lies there of this package is never packed. */
  readonly outputDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves every file set, in the order of the archive.
 *
 * @param folder absolute folder of the source manifest.
 * @throws PACKAGE_SOURCE, PACKAGE_PATH, PACKAGE_LIMIT
 */
export async function planPackage(
  folder: string,
  source: SourceManifest,
  options: PlanOptions,
): Promise<PlannedFile[]> {
  const root = await realpath(folder);
  const { outputDirectory } = options;
  const ownOutput =
    outputDirectory === undefined ? [] : earlierBuilds(folder, outputDirectory, source.name);
  const planner = new Planner(root, ownOutput, options);
  for (const set of source.files ?? []) await planner.add(set, undefined);
  for (const { name, files } of source.variants ?? [])
    for (const set of files ?? []) await planner.add(set, name);
  return planner.finish();
}

class Planner {
  readonly #files: PlannedFile[] = [];
  readonly #plainFolders = new Map<string, boolean>();
  readonly #root: string;
  readonly #ownOutput: readonly string[];
  readonly #subject: string;
  readonly #fileSystem: FileSystem;
  readonly #signal: AbortSignal | undefined;

  constructor(
    root: string,
    ownOutput: readonly string[],
    { fileSystem, signal, subject }: PlanOptions,
  ) {
    this.#root = root;
    this.#ownOutput = ownOutput;
    this.#subject = subject;
    this.#fileSystem = fileSystem;
    this.#signal = signal;
  }

  async add(set: FileSet, variant: string | undefined): Promise<void> {
    const base = this.#inside(set.base ?? ".", "base");
    const literal = await this.#literal(set.from);
    const found =
      literal === "file"
        ? [set.from]
        : await findFiles(literal === "directory" ? insideOf(set.from) : set.from, {
            root: this.#root,
            exclude: [...this.#ownOutput, ...(set.exclude ?? [])],
            signal: this.#signal,
          });
    if (found.length === 0)
      throw new OutriderError(
        "PACKAGE_SOURCE",
        say('{0}: "{1}" names no file; mend the glob or make the files.', this.#subject, set.from),
        {
          subject: this.#subject,
        },
      );
    if (this.#files.length + found.length > maxFiles)
      throw new OutriderError(
        "PACKAGE_LIMIT",
        say(
          "{0}: {1}",
          this.#subject,
          say("more than {0} files; split the package, or pack them into one.", maxFiles),
        ),
        { subject: this.#subject },
      );
    for (const name of found) await this.#take(name, set, base, literal === "file", variant);
  }

  finish(): PlannedFile[] {
    if (this.#files.length === 0)
      throw new OutriderError(
        "PACKAGE_SOURCE",
        say("{0}: no variant names any file.", this.#subject),
        {
          subject: this.#subject,
        },
      );
    checkPlaces(this.#files, this.#subject);
    return this.#files.toSorted((left, right) =>
      left.path < right.path ? -1 : left.path > right.path ? 1 : 0,
    );
  }

  /** What `from` is when it is no glob. */
  async #literal(from: string): Promise<"file" | "directory" | undefined> {
    const facts = await this.#fileSystem.stat(this.#inside(from, "from"));
    return facts?.kind === "file" || facts?.kind === "directory" ? facts.kind : undefined;
  }

  async #take(
    name: string,
    set: FileSet,
    base: string,
    single: boolean,
    variant: string | undefined,
  ): Promise<void> {
    const path = this.#inside(name, "from");
    const facts = await this.#fileSystem.stat(path);
    if (facts?.kind !== "file" || !(await this.#isPlain(dirname(path))))
      throw new OutriderError(
        "PACKAGE_PATH",
        say("{0}: {1}", this.#subject, unfit(name, facts?.kind)),
        { subject: path },
      );
    const target = this.#target(path, set, base, single);
    this.#files.push({
      source: path,
      path: archivePath(target, variant),
      target,
      ...(variant === undefined ? {} : { variant }),
      mode: (set.executable ?? (facts.mode & 0o100) !== 0) ? "755" : "644",
      size: facts.size,
    });
  }

  /** Is the folder itself where its path says, without a link on the way? */
  async #isPlain(folder: string): Promise<boolean> {
    let plain = this.#plainFolders.get(folder);
    if (plain === undefined)
      this.#plainFolders.set(folder, (plain = (await realpath(folder)) === folder));
    return plain;
  }

  #target(path: string, { to, base: baseName }: FileSet, base: string, single: boolean): string {
    const below = relative(base, path).split(sep).join("/").normalize("NFC");
    if (!single && (below.startsWith("../") || below === ".."))
      throw new OutriderError(
        "PACKAGE_PATH",
        say(
          "{0}: {1}",
          this.#subject,
          say("{0} is not below the base {1}; change the base.", path, baseName ?? ""),
        ),
        {
          subject: path,
        },
      );
    const target = to === undefined ? below : single ? to : `${to}/${below}`;
    checkPath(target, this.#subject);
    return target;
  }

  /** The absolute path; nothing outside the manifest's folder is ever looked at. */
  #inside(name: string, member: string): string {
    const path = resolve(this.#root, name);
    if (isAbsolute(name) || (path !== this.#root && !path.startsWith(this.#root + sep)))
      throw new OutriderError(
        "PACKAGE_PATH",
        say(
          "{0}: {1}",
          this.#subject,
          say(
            "{0}: {1} leads out of {2}; put the manifest above its files.",
            `"${member}"`,
            `"${name}"`,
            this.#root,
          ),
        ),
        { subject: this.#subject },
      );
    return path;
  }
}

/**
 * Where a file lies in the archive: at its target, or below `@VARIANT/` so that variants never meet. What the archive
 * itself needs goes below `@/`.
 */
function archivePath(target: string, variant: string | undefined): string {
  if (variant !== undefined) return `@${variant}/${target}`;
  const first = pathKey(target.split("/", 1)[0] ?? "");
  const reserved = first.startsWith("@") || headNames.some((name) => pathKey(name) === first);
  return reserved ? `@/${target}` : target;
}

/** Why this is no file that could be packed. */
function unfit(name: string, kind: string | undefined): Sentence {
  if (kind === "file")
    return say("{0} is reached through a link; copy what it stands for, or exclude it.", name);
  return kind === "link"
    ? say("{0} is a link; copy what it stands for, or exclude it.", name)
    : say("{0} is no regular file; copy what it stands for, or exclude it.", name);
}
