/**
 * Contents of parts as streams of small pieces, so that the socket's back-pressure reaches all the way back: nothing
 * large waits in memory, and a relay that drops the line is known to have taken nothing as long as pieces were left.
 */
import { Readable } from "node:stream";
import { OutriderError } from "../../../errors/index.ts";
import type { FileSystem } from "../../../ports/index.ts";

/**
 * What is to be sent cannot be read; nodemailer writes its own code into errors that pass through it, hence not
 * OutriderError.
 */
export class UnreadableContent extends Error {
  readonly path: string;
  constructor(path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.path = path;
  }
}

/** As it is said to whoever sends. */
export function unreadable({ path, message, cause }: UnreadableContent): OutriderError {
  return new OutriderError("FILE_UNREADABLE", `${message}; the mail was not sent.`, {
    subject: path,
    cause,
  });
}

const pieceBytes = 48 * 1024;

/** Bytes that are there. */
export function streamOf(bytes: Uint8Array): Readable {
  return new Pieces(Buffer.alloc(0), bytes);
}

/** A header, and the body that several mails share: the first piece has both, or a mail would be one packet more. */
export function streamOfMail(header: Buffer, body: Uint8Array): Readable {
  return new Pieces(header, body);
}

/** By itself, not from a generator: a mail of 30 kB costs as much as its stream. */
class Pieces extends Readable {
  readonly #header: Buffer;
  readonly #body: Buffer;
  #at = 0;

  constructor(header: Buffer, { buffer, byteOffset, byteLength }: Uint8Array) {
    super({ highWaterMark: pieceBytes });
    this.#header = header;
    this.#body = Buffer.from(buffer, byteOffset, byteLength);
  }

  override _read(): void {
    const from = this.#at;
    this.#at += pieceBytes;
    const piece = this.#body.subarray(from, this.#at);
    this.push(from === 0 ? Buffer.concat([this.#header, piece]) : piece);
    if (this.#at >= this.#body.length) this.push(null);
  }
}

/** A stretch of a file: where it starts, and how many bytes. */
export interface FileStretch {
  readonly path: string;
  readonly start: number;
  readonly size: number;
}

/** Those bytes of the file. The stream fails with UnreadableContent if it has fewer. */
export function streamOfFile(fileSystem: FileSystem, file: FileStretch): Readable {
  return Readable.from(piecesOfFile(fileSystem, file), { objectMode: false });
}

async function* piecesOfFile(
  fileSystem: FileSystem,
  { path, start, size }: FileStretch,
): AsyncGenerator<Buffer> {
  const handle = await fileSystem.open(path, "read").catch((cause: unknown) => {
    throw new UnreadableContent(path, `${path} cannot be read`, cause);
  });
  try {
    for (let done = 0; done < size;) {
      const buffer = Buffer.alloc(Math.min(pieceBytes, size - done)); // a new one: streams keep what they are given
      const count = await handle.read(buffer, start + done);
      if (count === 0)
        throw new UnreadableContent(
          path,
          `${path} ended after ${start + done} of ${start + size} bytes`,
        );
      done += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    await handle.close();
  }
}
