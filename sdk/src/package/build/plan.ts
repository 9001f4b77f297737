/**
 * From globs to a list of files: which file of the source folder goes where in the package, for which machines.
 * Decides nothing by the order in which a disk lists its files. Links, and whatever is reached through one, are
 * refused: a package holds files of its own folder and nothing else.
 */
import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { glob } from "tinyglobby";
import { OutriderError } from "../../errors/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import type { FileSet, SourceManifest } from "../../schema/index.ts";
import { headNames, maxFiles } from "../limits.ts";
import { checkPath } from "../path.ts";

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

/**
 * Resolves every file set, in the order of the archive.
 *
 * @param root absolute folder of the source manifest.
 * @param subject the source manifest's path, for messages.
 * @throws PACKAGE_SOURCE, PACKAGE_PATH, PACKAGE_LIMIT
 */
export async function planPackage(
  root: string,
  source: SourceManifest,
  {
    fileSystem,
    subject,
    signal,
  }: {
    readonly fileSystem: FileSystem;
    readonly subject: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<PlannedFile[]> {
  const planner = new Planner(await realpath(root), subject, fileSystem, signal);
  for (const set of source.files ?? []) await planner.add(set, undefined);
  for (const { name, files } of source.variants ?? [])
    for (const set of files ?? []) await planner.add(set, name);
  return planner.finish();
}

class Planner {
  readonly #files: PlannedFile[] = [];
  readonly #plainFolders = new Map<string, boolean>();
  readonly #root: string;
  readonly #subject: string;
  readonly #fileSystem: FileSystem;
  readonly #signal: AbortSignal | undefined;

  constructor(
    root: string,
    subject: string,
    fileSystem: FileSystem,
    signal: AbortSignal | undefined,
  ) {
    this.#root = root;
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
        : await this.#find(literal === "directory" ? `${escape(set.from)}/**` : set.from, set);
    if (found.length === 0)
      throw new OutriderError(
        "PACKAGE_SOURCE",
        `${this.#subject}: "${set.from}" names no file; mend the glob or make the files.`,
        {
          subject: this.#subject,
        },
      );
    for (const name of found) await this.#take(name, set, base, literal === "file", variant);
    if (this.#files.length > maxFiles)
      throw new OutriderError(
        "PACKAGE_LIMIT",
        `${this.#subject}: more than ${maxFiles} files; split the package, or pack them into one.`,
        {
          subject: this.#subject,
        },
      );
  }

  finish(): PlannedFile[] {
    if (this.#files.length === 0)
      throw new OutriderError("PACKAGE_SOURCE", `${this.#subject}: no variant names any file.`, {
        subject: this.#subject,
      });
    return this.#files.toSorted((left, right) =>
      left.path < right.path ? -1 : left.path > right.path ? 1 : 0,
    );
  }

  /** What `from` is when it is no glob. */
  async #literal(from: string): Promise<"file" | "directory" | undefined> {
    const facts = await this.#fileSystem.stat(this.#inside(from, "from"));
    return facts?.kind === "file" || facts?.kind === "directory" ? facts.kind : undefined;
  }

  async #find(pattern: string, { exclude = [] }: FileSet): Promise<string[]> {
    return glob(pattern, {
      cwd: this.#root,
      dot: true,
      expandDirectories: false,
      followSymbolicLinks: false,
      ignore: exclude,
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
    });
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
        `${this.#subject}: ${name} is ${facts?.kind === "file" ? "reached through a link" : facts?.kind === "link" ? "a link" : "no regular file"}; copy what it stands for, or exclude it.`,
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
        `${this.#subject}: ${path} is not below the base ${baseName}; change the base.`,
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
        `${this.#subject}: "${member}": "${name}" leads out of ${this.#root}; put the manifest above its files.`,
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
  const reserved =
    target.startsWith("@") || (headNames as readonly string[]).includes(target.toLowerCase());
  return reserved ? `@/${target}` : target;
}

/** A folder's name as a pattern that means only itself. */
function escape(name: string): string {
  return join(name)
    .split(sep)
    .join("/")
    .replace(/[()[\]{}!*?+@\\|]/g, String.raw`\$&`);
}
