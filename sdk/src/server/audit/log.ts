/**
 * The audit log: one JSON line per trigger, control and receipt, good or bad, append-only and hash-chained.
 *
 * Each line carries `previous`, the SHA-256 of the line before it (of its bytes without the line end), so that no line
 * can be changed, removed or put in without every later one showing it; keep the last line's digest elsewhere and the
 * end cannot be cut off unseen either. A line that a crash tore stays as it is: the next one says `afterCrash`.
 * What a caller was told is on the disk: entries are synced, many at once when many come.
 */
import { dirname } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import type { FileHandle, FileSystem } from "../../ports/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import type { AuditEntry, AuditLine } from "./entry.ts";
import { beginning, verifyAudit, type AuditVerdict } from "./verify.ts";

/** The log, open for writing. One writer at a time. */
export interface AuditLog {
  /** Appends; resolves when it is on the disk. @throws AUDIT_FAILED */
  append(entry: AuditEntry): Promise<void>;
  /** The last line: keep its digest elsewhere, and give it to verifyAudit. */
  head(): { readonly number: number; readonly sha256: string };
  close(): Promise<void>;
}

/**
 * Opens the log, creating it.
 *
 * @throws AUDIT_FAILED if it cannot be written; AUDIT_BROKEN if what is there does not hold together
 */
export async function openAuditLog(options: {
  readonly path: string;
  readonly fileSystem: FileSystem;
  /** Called with every entry that is there already. */
  readonly onLine?: (line: AuditLine) => void;
}): Promise<AuditLog> {
  const { path, fileSystem } = options;
  try {
    await fileSystem.makeDirectory(dirname(path));
    const isNew = (await fileSystem.stat(path)) === undefined;
    const found = isNew ? beginning : await verifyAudit(options);
    const handle = await fileSystem.open(path, "append");
    if (isNew) {
      await fileSystem.setMode(path, 0o600);
      await fileSystem.syncDirectory(dirname(path));
    }
    return new ChainedLog(path, handle, found);
  } catch (cause) {
    throw cause instanceof OutriderError ? cause : failed(path, cause);
  }
}

class ChainedLog implements AuditLog {
  readonly #path: string;
  readonly #handle: FileHandle;
  #number: number;
  #sha256: string;
  #end: AuditVerdict["end"];
  #waiting: string[] = [];
  #flush: Promise<void> | undefined;
  #failure: OutriderError | undefined;

  constructor(path: string, handle: FileHandle, found: AuditVerdict) {
    this.#path = path;
    this.#handle = handle;
    this.#number = found.number;
    this.#sha256 = found.sha256;
    this.#end = found.end;
  }

  async append(entry: AuditEntry): Promise<void> {
    // After one line is lost the chain has a hole: nothing may be accepted until somebody has looked.
    if (this.#failure !== undefined) throw this.#failure;
    const line: AuditLine = {
      number: ++this.#number,
      previous: this.#sha256,
      ...(this.#end === "torn" ? { afterCrash: true } : {}),
      ...entry,
    };
    const text = JSON.stringify(line);
    this.#sha256 = sha256Hex(text);
    this.#waiting.push(`${this.#end === "whole" ? "" : "\n"}${text}\n`);
    this.#end = "whole";
    // Whoever comes while the disk is busy goes with the next write: one sync for all of them.
    this.#flush ??= this.#write();
    return this.#flush;
  }

  async #write(): Promise<void> {
    await Promise.resolve(); // let those who come in the same turn join
    try {
      while (this.#waiting.length > 0) {
        const lines = this.#waiting;
        this.#waiting = [];
        await this.#handle.write(new TextEncoder().encode(lines.join("")));
        await this.#handle.sync();
      }
    } catch (cause) {
      this.#failure = failed(this.#path, cause);
      throw this.#failure;
    } finally {
      this.#flush = undefined;
    }
  }

  head(): { number: number; sha256: string } {
    return { number: this.#number, sha256: this.#sha256 };
  }

  async close(): Promise<void> {
    try {
      await this.#flush;
    } finally {
      await this.#handle.close();
    }
  }
}

function failed(path: string, cause: unknown): OutriderError {
  return new OutriderError(
    "AUDIT_FAILED",
    `The audit log ${path} cannot be written, so nothing is accepted. Look at the disk, then start again.`,
    { subject: path, cause },
  );
}
