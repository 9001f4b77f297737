/**
 * The latest entries of an audit log, read from its end: for people who look, while the server writes. Bounded in
 * entries and in bytes, whatever the log's size; checks nothing (`verify.ts` does).
 */
import type { FileHandle, FileSystem } from "../../ports/index.ts";
import type { AuditLine } from "./entry.ts";

/** Which entries. */
export interface AuditRequest {
  /** Only of this one. */
  readonly deployment?: string;
  /** How many at most. */
  readonly limit: number;
}

const pieceBytes = 64 * 1024;
/** Some 20,000 entries: further back nobody looks by this way. */
const maxBytes = 8 * 1024 * 1024;

/** The latest first. A log that is not there yet has none; a line that a crash tore is left out. */
export async function latestEntries(
  path: string,
  fileSystem: FileSystem,
  { deployment, limit }: AuditRequest,
): Promise<AuditLine[]> {
  if ((await fileSystem.stat(path)) === undefined) return [];
  const handle = await fileSystem.open(path, "read");
  try {
    const entries: AuditLine[] = [];
    for await (const text of linesBackwards(handle)) {
      const line = readLine(text);
      if (line === undefined) continue;
      if (deployment === undefined || line.deployment === deployment) entries.push(line);
      if (entries.length >= limit) break;
    }
    return entries;
  } finally {
    await handle.close();
  }
}

async function* linesBackwards(handle: FileHandle): AsyncGenerator<string, void, undefined> {
  const { size } = await handle.stat();
  let rest: Buffer = Buffer.alloc(0);
  for (let end = size; end > 0 && size - end < maxBytes;) {
    const start = Math.max(0, end - pieceBytes);
    const piece = await readPiece(handle, start, end);
    end = start;
    rest = Buffer.concat([piece, rest]);
    for (let at = rest.lastIndexOf(10); at >= 0; at = rest.lastIndexOf(10)) {
      if (at + 1 < rest.length) yield rest.toString("utf8", at + 1);
      rest = rest.subarray(0, at);
    }
    if (start === 0 && rest.length > 0) yield rest.toString("utf8");
  }
}

async function readPiece(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const piece = Buffer.alloc(end - start);
  for (let done = 0; done < piece.length;) {
    const count = await handle.read(piece.subarray(done), start + done);
    if (count === 0) return piece.subarray(0, done);
    done += count;
  }
  return piece;
}

/** The last one may be under way to the disk. */
function readLine(text: string): AuditLine | undefined {
  try {
    const line = JSON.parse(text) as AuditLine | null;
    return typeof line?.number === "number" ? line : undefined;
  } catch {
    return undefined;
  }
}
