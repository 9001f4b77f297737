/** Which files a glob, a file's name or a folder's name stands for. Links are found like files, to be refused. */
import { readdir, type Dirent } from "node:fs";
import { join, relative, sep } from "node:path";
import { glob, type FileSystemAdapter } from "tinyglobby";

/** Where to look. */
export interface FindOptions {
  /** Absolute folder that patterns and results are relative to. */
  readonly root: string;
  readonly exclude: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Paths below the root, with forward slashes, in no order. */
export async function findFiles(pattern: string, options: FindOptions): Promise<string[]> {
  return glob(pattern, {
    cwd: options.root,
    ignore: options.exclude,
    dot: true,
    expandDirectories: false,
    followSymbolicLinks: false,
    fs: showingLinks,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** Everything in a folder, as a pattern; its name means only itself. */
export function insideOf(folder: string): string {
  return `${escape(folder)}/**`;
}

/** What earlier builds of the package left below the root, as patterns. */
export function earlierBuilds(root: string, outputDirectory: string, name: string): string[] {
  const folder = relative(root, outputDirectory);
  if (folder === ".." || folder.startsWith(`..${sep}`)) return [];
  const inFolder = folder === "" ? "" : `${escape(folder)}/`;
  return [`${inFolder}${name}-${anyVersion}?(.partial)/**`];
}

/** Semantic Versioning 2.0.0, as an extended glob: `demo-tools` beside `demo-1.0.0` is no build of `demo`. */
const anyVersion = "+([0-9]).+([0-9]).+([0-9])?([+-]*)";

function escape(name: string): string {
  return join(name)
    .split(sep)
    .join("/")
    .replace(/[()[\]{}!*?+@\\|]/g, String.raw`\$&`);
}

type Listing = (error: Error | null, entries?: Dirent[]) => void;

/**
 * Without following links, the walker would pass them by in silence, and the package would lack what they stand for.
 */
const showingLinks = {
  readdir: (path: string, options: { withFileTypes: true }, done: Listing): void =>
    readdir(path, options, (error, entries) => done(error, entries?.map(asFile))),
} as unknown as FileSystemAdapter;

function asFile(entry: Dirent): Dirent {
  if (!entry.isSymbolicLink()) return entry;
  return Object.defineProperties(entry, {
    isFile: { value: () => true },
    isSymbolicLink: { value: () => false },
  });
}
