/**
 * All of the agent's and the share's file work goes through this port, so that a test can record every call,
 * enumerate every crash image of it and fail any one of them (THREATS 2.1).
 *
 * Paths are absolute operating-system paths. Errors are Node's own (`code: "ENOENT"` and so on).
 */
export interface FileSystem {
  /** Opens a regular file; never follows a symbolic link in the last component. */
  open(path: string, mode: OpenMode): Promise<FileHandle>;
  /** Names in a directory, sorted. */
  list(path: string): Promise<string[]>;
  /** What is at the path itself (not behind a link); `undefined` if nothing is. */
  stat(path: string): Promise<FileFacts | undefined>;
  /** Makes a directory and its parents, mode 0700 unless given. */
  makeDirectory(path: string, mode?: number): Promise<void>;
  /** Replaces `to` atomically; a link by a link on Windows in two steps, between which nothing is there. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a whole tree; nothing there is no error. */
  remove(path: string): Promise<void>;
  /** Makes a symbolic link (on Windows a junction, whose target is taken from the link's folder and made absolute). */
  link(target: string, path: string): Promise<void>;
  /** The target of a symbolic link; on Windows relative to the link's folder. */
  readLink(path: string): Promise<string>;
  /** Sets the permission bits. */
  setMode(path: string, mode: number): Promise<void>;
  /** Makes a directory's entries durable (fsync of the directory; nothing on Windows). */
  syncDirectory(path: string): Promise<void>;
  /** Free bytes on the file system that holds the path. */
  freeBytes(path: string): Promise<number>;
  /**
   * Throws where a file is held by others and could not be replaced; absent where being held keeps nobody from that.
   */
  requireFree?(path: string): Promise<void>;
}

/** Was there no room for it, on the disk or in the quota? */
export function isFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes(String((error as NodeJS.ErrnoException).code));
}

/**
 * Does somebody else hold it, such as a program that runs (Windows)? What nobody may touch at all is told in the same
 * words.
 */
export function isHeld(error: unknown): boolean {
  return ["EPERM", "EACCES", "EBUSY", "ENOTEMPTY", "ETXTBSY"].includes(
    String((error as NodeJS.ErrnoException).code),
  );
}

/** `read`; `create` fails if it exists; `replace` truncates; `append` writes at the end, creating it. */
export type OpenMode = "read" | "create" | "replace" | "append";

/** An open file. */
export interface FileHandle {
  /** Reads at a position into the buffer; returns the count, 0 at the end. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Writes all of the bytes after what was written before. */
  write(bytes: Uint8Array): Promise<void>;
  /** What is open. */
  stat(): Promise<FileFacts>;
  /** Makes the content durable. */
  sync(): Promise<void>;
  /** Closes; twice is no error. */
  close(): Promise<void>;
}

/** Facts of a file. */
export interface FileFacts {
  readonly kind: "file" | "directory" | "link" | "other";
  /** Bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modifiedAtMs: number;
  /** Owner's user id; 0 on Windows. */
  readonly owner: number;
}
