/**
 * Contents of parts as streams of small pieces, so that the socket's back-pressure reaches all the way back: nothing large
 * waits in memory, and a relay that drops the line is known to have taken nothing as long as pieces were left.
 */
import { Readable } from "node:stream";
import type { FileSystem } from "../../../ports/index.ts";

/** What is to be sent cannot be read; nodemailer writes its own code into errors that pass through it, hence not OutriderError. */
export class UnreadableContent extends Error {
  readonly path: string;
  constructor(path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.path = path;
  }
}

const pieceBytes = 48 * 1024;

/** Bytes that are there. */
export function streamOf(bytes: Uint8Array): Readable {
  return Readable.from(piecesOf(bytes), { objectMode: false });
}

/** The first `size` bytes of a file. The stream fails with UnreadableContent if it has fewer. */
export function streamOfFile(
  fileSystem: FileSystem,
  file: { readonly path: string; readonly size: number },
): Readable {
  return Readable.from(piecesOfFile(fileSystem, file), { objectMode: false });
}

function* piecesOf(bytes: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes)
    yield Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(pieceBytes, bytes.length - at));
}

async function* piecesOfFile(
  fileSystem: FileSystem,
  { path, size }: { readonly path: string; readonly size: number },
): AsyncGenerator<Buffer> {
  const handle = await fileSystem.open(path, "read").catch((cause: unknown) => {
    throw new UnreadableContent(path, `${path} cannot be read`, cause);
  });
  try {
    for (let position = 0; position < size;) {
      const buffer = Buffer.alloc(Math.min(pieceBytes, size - position)); // a new one: streams keep what they are given
      const count = await handle.read(buffer, position);
      if (count === 0)
        throw new UnreadableContent(path, `${path} ended after ${position} of ${size} bytes`);
      position += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    await handle.close();
  }
}
