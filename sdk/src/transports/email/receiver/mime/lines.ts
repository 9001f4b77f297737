/** The lines of a mail, read piece by piece from an open file: LF ends a line, a CR before it belongs to the end. */
import type { FileHandle } from "../../../../ports/index.ts";
import { tooMuch } from "./limits.ts";

/** The first piece is small: of foreign mail nothing but the header is looked at. */
const firstPieceBytes = 8 * 1024;
const pieceBytes = 64 * 1024;

/** Reads lines as Latin-1 text, one octet a character, so that nothing is lost or guessed. */
export class Lines {
  readonly #file: FileHandle;
  readonly #maxLineBytes: number;
  #buffer = Buffer.allocUnsafe(firstPieceBytes);
  #piece: string[] = [];
  #at = 0;
  #rest = "";
  #position = 0;
  #ended = false;

  constructor(file: FileHandle, maxLineBytes: number) {
    this.#file = file;
    this.#maxLineBytes = maxLineBytes;
  }

  /** The next line without its end; `undefined` after the last. @throws MESSAGE_LIMIT for a line past the bound */
  async next(): Promise<string | undefined> {
    while (this.#at >= this.#piece.length) {
      if (this.#ended) return undefined;
      if (this.#rest.length > this.#maxLineBytes) throw this.#tooLong();
      await this.#fill();
    }
    const line = this.#piece[this.#at++] ?? "";
    if (line.length > this.#maxLineBytes) throw this.#tooLong();
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }

  async #fill(): Promise<void> {
    if (this.#position > 0 && this.#buffer.length < pieceBytes)
      this.#buffer = Buffer.allocUnsafe(pieceBytes);
    const buffer = this.#buffer;
    const count = await this.#file.read(buffer, this.#position);
    this.#position += count;
    this.#at = 0;
    if (count === 0) {
      this.#ended = true;
      this.#piece = this.#rest === "" ? [] : [this.#rest];
      return;
    }
    const lines = (this.#rest + buffer.toString("latin1", 0, count)).split("\n");
    this.#rest = lines.pop() ?? "";
    this.#piece = lines;
  }

  #tooLong(): Error {
    return tooMuch(`a line is longer than ${this.#maxLineBytes} bytes`);
  }
}
