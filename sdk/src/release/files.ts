/**
 * Files that a command line names: read whole, or written so that nothing is lost. A person may name a link or a pipe
 * (`--passphrase-file <(pass show release)`): unlike the agent, a command follows where it is sent.
 */
import { createReadStream } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";
import { OutriderError, say } from "../errors/index.ts";
import { nodeFileSystem, syncedWrite } from "../ports/index.ts";
import { decodeText } from "../schema/index.ts";
import type { Desk } from "./desk.ts";

const maxAuthoredBytes = 32 * 1024 * 1024;

/** The absolute path of what was named on the command line. */
export function resolvePath(desk: Desk, path: string): string {
  return isAbsolute(path) ? path : join(desk.workingDirectory, path);
}

/** A path as a person at this folder would write it. */
export function shownPath(desk: Desk, path: string): string {
  const shorter = relative(desk.workingDirectory, path);
  return shorter === "" || shorter.startsWith("..") || isAbsolute(shorter) ? path : shorter;
}

/** The absolute path of what a name leads to, links followed. @throws FILE_MISSING, FILE_UNREADABLE */
export async function followPath(desk: Desk, path: string): Promise<string> {
  try {
    return await realpath(resolvePath(desk, path));
  } catch (cause) {
    throw fileError(cause, path, "read");
  }
}

/** Reads a named file. @throws FILE_MISSING, FILE_UNREADABLE, DOCUMENT_TOO_LARGE */
export async function readFileBytes(
  desk: Desk,
  path: string,
  maxBytes: number = maxAuthoredBytes,
): Promise<Uint8Array> {
  try {
    const pieces: Uint8Array[] = [];
    let size = 0;
    // The stream closes what it read from, however it ends.
    for await (const piece of createReadStream(resolvePath(desk, path))) {
      size += (piece as Uint8Array).length;
      if (size > maxBytes) throw tooLarge(path, maxBytes);
      pieces.push(piece as Uint8Array);
    }
    return Buffer.concat(pieces);
  } catch (cause) {
    throw fileError(cause, path, "read");
  }
}

function tooLarge(path: string, maxBytes: number): OutriderError {
  return new OutriderError(
    "DOCUMENT_TOO_LARGE",
    say("{0} is too large: at most {1} bytes are read.", path, maxBytes),
    { subject: path },
  );
}

/** Reads a named text file. @throws as {@link readFileBytes}, and JSON_ENCODING */
export async function readFileText(desk: Desk, path: string): Promise<string> {
  return decodeText(await readFileBytes(desk, path), path);
}

/** Reads a passphrase or password: the first line of a file, never an argument. */
export async function readSecret(desk: Desk, path: string): Promise<string> {
  return (await readFileText(desk, path)).split(/\r?\n/, 1)[0] ?? "";
}

/** Is anything there? */
export async function fileExists(desk: Desk, path: string): Promise<boolean> {
  return (await nodeFileSystem.stat(resolvePath(desk, path))) !== undefined;
}

/**
 * Writes a file whole or not at all, making its folder where there is none. A secret is for its owner only.
 *
 * @throws FILE_EXISTS unless `force`, FILE_UNREADABLE
 */
export async function writeFileWhole(
  desk: Desk,
  path: string,
  content: string | Uint8Array,
  options: { readonly force: boolean; readonly secret?: boolean },
): Promise<void> {
  if (!options.force && (await fileExists(desk, path)))
    throw new OutriderError("FILE_EXISTS", say("{0} exists already; nothing was written.", path), {
      subject: path,
    });
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    const target = resolvePath(desk, path);
    await nodeFileSystem.makeDirectory(dirname(target), 0o755);
    await syncedWrite(nodeFileSystem, target, bytes);
    if (options.secret !== true) await nodeFileSystem.setMode(target, 0o666 & ~process.umask());
  } catch (cause) {
    throw fileError(cause, path, "written");
  }
}

/** An operating-system error in our words; what is ours already passes through. */
export function fileError(cause: unknown, path: string, verb: "read" | "written"): unknown {
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  if (code === "ENOENT" || code === "ENOTDIR")
    return new OutriderError("FILE_MISSING", say("{0} does not exist.", path), {
      subject: path,
      cause,
    });
  if (code === "EISDIR")
    return new OutriderError("FILE_UNREADABLE", say("{0} is a folder; a file is needed.", path), {
      subject: path,
      cause,
    });
  if (/^E[A-Z]+$/.test(code))
    return new OutriderError(
      "FILE_UNREADABLE",
      verb === "read"
        ? say("{0} cannot be read ({1}).", path, code)
        : say("{0} cannot be written ({1}).", path, code),
      { subject: path, cause },
    );
  return cause;
}
