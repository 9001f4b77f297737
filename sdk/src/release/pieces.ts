/**
 * Text files that may be larger than memory: read piece by piece, from the beginning each time they are gone through.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { OutriderError } from "../errors/index.ts";
import type { Desk } from "./desk.ts";
import { fileError, resolvePath } from "./files.ts";

const pieceBytes = 1 << 16;

/** A named text file, UTF-8. What goes through it may throw FILE_MISSING, FILE_UNREADABLE, JSON_ENCODING. */
export function textPieces(desk: Desk, path: string): Iterable<string> {
  return {
    *[Symbol.iterator]() {
      const decoder = new TextDecoder("utf-8", { fatal: true });
      const buffer = new Uint8Array(pieceBytes);
      const decode = (bytes?: Uint8Array): string => {
        try {
          return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
        } catch (cause) {
          const message = `${path} is not UTF-8.`;
          throw new OutriderError("JSON_ENCODING", message, { subject: path, cause });
        }
      };
      const file = attempt(() => openSync(resolvePath(desk, path), "r"), path);
      try {
        for (;;) {
          const count = attempt(() => readSync(file, buffer), path);
          if (count === 0) break;
          yield decode(buffer.subarray(0, count));
        }
        yield decode();
      } finally {
        closeSync(file);
      }
    },
  };
}

function attempt<T>(work: () => T, path: string): T {
  try {
    return work();
  } catch (cause) {
    throw fileError(cause, path, "read");
  }
}
