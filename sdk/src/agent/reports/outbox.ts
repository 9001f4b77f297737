/**
 * Receipts wait here, one file each, until some way out takes them: `DATA/receipts/<counter>-…json`.
 * Sent in the order of their counters, each by the first sender that works; a file is removed only after it was taken.
 */
import { join } from "node:path";
import { encodeEnvelope } from "../../messages/index.ts";
import {
  readWhole,
  syncedWrite,
  type FileSystem,
  type KeySource,
  type Logger,
} from "../../ports/index.ts";
import type { ReceiptSender } from "../../transport/index.ts";
import type { AgentState } from "../memory/state.ts";
import { makeReceipt, type Report } from "./receipt.ts";

const maxReceiptBytes = 64 * 1024;

/** What the queue works with. */
export interface OutboxOptions {
  readonly agent: string;
  readonly directory: string;
  readonly fileSystem: FileSystem;
  readonly state: AgentState;
  readonly key: KeySource;
  readonly senders: readonly ReceiptSender[];
  readonly logger: Logger;
}

/** The durable queue. */
export class Outbox {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Queues one receipt per notification, outcome and code, however often it is asked to: a kill may have come in
   * between.
   */
  async queue(report: Report, now: Date): Promise<void> {
    const { agent, directory, fileSystem, state, key } = this.#options;
    await fileSystem.makeDirectory(directory);
    const { deployment, notification, outcome, code } = report;
    const kind = code === undefined ? outcome : `${outcome}-${code}`;
    const suffix = `-${notification}-${kind}.json`;
    if ((await fileSystem.list(directory)).some((name) => name.endsWith(suffix))) return;
    const about = { deployment, notification, package: report.package, outcome };
    const counter = await state.reserveCounter(about);
    const { installed } = state.memory;
    const receipt = await makeReceipt(report, { agent, counter, now, key, installed });
    const name = `${String(counter).padStart(16, "0")}${suffix}`;
    await syncedWrite(fileSystem, join(directory, name), encodeEnvelope(receipt));
  }

  /** Names of those that wait, in the order of their counters. */
  async waiting(): Promise<string[]> {
    return listReceipts(this.#options.fileSystem, this.#options.directory);
  }

  /** Sends these; stops at the first that nobody takes. @returns how many still wait */
  async send(names: readonly string[], signal: AbortSignal): Promise<number> {
    const { directory, fileSystem } = this.#options;
    for (const [at, name] of names.entries()) {
      const path = join(directory, name);
      const bytes = await readWhole(fileSystem, path, maxReceiptBytes);
      if (!(await this.#send(bytes, signal))) return names.length - at;
      await fileSystem.remove(path);
    }
    return 0;
  }

  async #send(bytes: Uint8Array, signal: AbortSignal): Promise<boolean> {
    for (const sender of this.#options.senders) {
      signal.throwIfAborted();
      try {
        await sender.send(bytes, { signal });
        return true;
      } catch (error) {
        if (signal.aborted) throw error;
        this.#options.logger.log("warn", `A receipt could not be sent by ${sender.name}.`, {
          cause: String(error),
        });
      }
    }
    return false;
  }
}

/** Names of the receipts that wait in a folder, in the order of their counters. */
export async function listReceipts(fileSystem: FileSystem, directory: string): Promise<string[]> {
  if ((await fileSystem.stat(directory)) === undefined) return [];
  return (await fileSystem.list(directory)).filter((name) => /^[0-9]{16}-.*\.json$/.test(name));
}
