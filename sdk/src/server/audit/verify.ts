/** Checks an audit log from its first line to its last (`log.ts` says what must hold). */
import { OutriderError } from "../../errors/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import type { AuditLine } from "./entry.ts";

/** What was found in a log that holds together. */
export interface AuditVerdict {
  /** Entries. */
  readonly number: number;
  /** Digest of the last line. */
  readonly sha256: string;
  /** Lines that a crash had torn. */
  readonly tornLines: number;
  /** How the file ends: with a line end, with an entry that lacks it, or in the middle of an entry. */
  readonly end: "whole" | "open" | "torn";
}

/** An empty log. */
export const beginning: AuditVerdict = {
  number: 0,
  sha256: "0".repeat(64),
  tornLines: 0,
  end: "whole",
};

/**
 * @param options.head digest of a line, kept elsewhere, that must be in the log: so a cut-off end shows.
 * @param options.onLine called with every entry.
 * @throws AUDIT_BROKEN naming the line
 */
export async function verifyAudit(options: {
  readonly path: string;
  readonly fileSystem: FileSystem;
  readonly head?: string;
  readonly onLine?: (line: AuditLine) => void;
}): Promise<AuditVerdict> {
  const { path, head, onLine } = options;
  let { number, sha256: previous, tornLines, end } = beginning;
  let lineNumber = 0;
  let isHeadFound = head === undefined || head === previous;
  for await (const { text, isEnded } of linesOf(path, options.fileSystem)) {
    lineNumber++;
    const wasTorn = end === "torn";
    const line = readLine(text);
    if (line === undefined) {
      // Only a crash of the writer leaves such a line, and the writer says so in the next.
      if (wasTorn) throw broken(path, lineNumber, "is not an entry, and neither is the one before");
      end = "torn";
      tornLines++;
      previous = sha256Hex(text);
      continue;
    }
    if (
      line.previous !== previous ||
      line.number !== number + 1 ||
      wasTorn !== (line.afterCrash ?? false)
    )
      throw broken(
        path,
        lineNumber,
        "does not follow the one before: a line was changed, removed or put in",
      );
    end = isEnded ? "whole" : "open";
    number = line.number;
    previous = sha256Hex(text);
    isHeadFound ||= previous === head;
    onLine?.(line);
  }
  if (!isHeadFound)
    throw broken(
      path,
      lineNumber,
      `is the last, and none has the digest ${head}: the end was cut off`,
    );
  return { number, sha256: previous, tornLines, end };
}

function readLine(text: string): AuditLine | undefined {
  try {
    const line = JSON.parse(text) as AuditLine;
    return typeof line.number === "number" && typeof line.previous === "string" ? line : undefined;
  } catch {
    return undefined;
  }
}

function broken(path: string, line: number, what: string): OutriderError {
  return new OutriderError("AUDIT_BROKEN", `Line ${line} of ${path} ${what}.`, {
    subject: path,
    position: { line, column: 1 },
  });
}

async function* linesOf(
  path: string,
  fileSystem: FileSystem,
): AsyncGenerator<{ text: string; isEnded: boolean }> {
  const handle = await fileSystem.open(path, "read");
  try {
    const buffer = new Uint8Array(1024 * 1024);
    let rest: Buffer = Buffer.alloc(0);
    for (let position = 0; ;) {
      const count = await handle.read(buffer, position);
      if (count === 0) break;
      position += count;
      rest = Buffer.concat([rest, buffer.subarray(0, count)]);
      let start = 0;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
        yield { text: rest.toString("utf8", start, end), isEnded: true };
        start = end + 1;
      }
      rest = rest.subarray(start);
    }
    if (rest.length > 0) yield { text: rest.toString("utf8"), isEnded: false };
  } finally {
    await handle.close();
  }
}
