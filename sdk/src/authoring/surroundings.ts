/**
 * What lies around an authored file and has a say about it: the trust document and the server's configuration of the
 * same or the nearest folder above. What is unreadable is left out: its own remarks are told where it is opened.
 */
import { basename, dirname, join } from "node:path";
import type { FileSystem } from "../ports/index.ts";
import {
  decodeText,
  kindOfFileName,
  readDocumentText,
  validateServerConfig,
  validateTrust,
  type ServerConfig,
  type Trust,
  type Validator,
} from "../schema/index.ts";

/** A neighbour that was read. */
export interface Neighbour<T> {
  readonly path: string;
  readonly document: T;
}

/** What a rule may look at. */
export interface Surroundings {
  /** Absolute path of the file's folder. */
  readonly root: string;
  readonly fileSystem: FileSystem;
  readonly now: Date;
  readonly server?: Neighbour<ServerConfig>;
  readonly trust?: Neighbour<Trust>;
  readonly signal?: AbortSignal | undefined;
}

/** How to look. */
export interface SurroundingsOptions {
  readonly fileSystem: FileSystem;
  readonly now: Date;
  /** Absolute path of the topmost folder that is looked into: the workspace. */
  readonly top: string;
  readonly signal?: AbortSignal;
}

const maxNeighbourBytes = 4 * 1024 * 1024;

/** Looks around a file; the path is absolute. */
export async function findSurroundings(
  file: string,
  { fileSystem, now, top, signal }: SurroundingsOptions,
): Promise<Surroundings> {
  const root = dirname(file);
  const folders = foldersUpTo(root, top);
  const trust = await nearest(folders, "trust", validateTrust, fileSystem);
  const server = await nearest(folders, "server", validateServerConfig, fileSystem);
  return {
    root,
    fileSystem,
    now,
    signal,
    ...(trust === undefined ? {} : { trust }),
    ...(server === undefined ? {} : { server }),
  };
}

function foldersUpTo(folder: string, top: string): string[] {
  const parent = dirname(folder);
  return folder === top || parent === folder ? [folder] : [folder, ...foldersUpTo(parent, top)];
}

/** Two of one kind in one folder: nobody can say which is meant, so neither is. */
async function nearest<T>(
  folders: readonly string[],
  schema: string,
  validator: Validator<T>,
  fileSystem: FileSystem,
): Promise<Neighbour<T> | undefined> {
  for (const folder of folders) {
    const names = (await namesIn(folder, fileSystem)).filter(
      (name) => kindOfFileName(name)?.schema === schema && !/\.(next|\d+)\.json$/.test(name),
    );
    const plain = names.filter((name) => name === "trust.json" || name === "outrider-server.json");
    const [name] = plain.length === 1 ? plain : names.length === 1 ? names : [];
    if (name !== undefined) return read(join(folder, name), validator, fileSystem);
    if (names.length > 0) return undefined;
  }
  return undefined;
}

async function namesIn(folder: string, fileSystem: FileSystem): Promise<readonly string[]> {
  try {
    return await fileSystem.list(folder);
  } catch {
    return [];
  }
}

async function read<T>(
  path: string,
  validator: Validator<T>,
  fileSystem: FileSystem,
): Promise<Neighbour<T> | undefined> {
  try {
    const text = decodeText(await readWhole(path, fileSystem), basename(path));
    return { path, document: readDocumentText(text, validator, basename(path)) };
  } catch {
    return undefined; // told where that file is opened
  }
}

async function readWhole(path: string, fileSystem: FileSystem): Promise<Uint8Array> {
  const handle = await fileSystem.open(path, "read");
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(Math.min(size, maxNeighbourBytes));
    let length = 0;
    while (length < bytes.length) {
      const count = await handle.read(bytes.subarray(length), length);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } finally {
    await handle.close();
  }
}
