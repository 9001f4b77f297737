/**
 * The spool directory: whoever can put a file there can bring a trigger, a control or a receipt; it believes nobody.
 *
 *     *.json          waiting; written under another name and renamed, or not touched for a moment
 *     taken/          being judged; taken up again after a crash
 *     refused/        with the reason beside it: NAME.json and NAME.reason.json
 *
 * What was accepted or is not ours is removed: the audit log has it. Picking up is a rename, so that of two servers one
 * has the file.
 */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isOutriderError } from "../../errors/index.ts";
import {
  readWhole,
  syncedWrite,
  type Clock,
  type FileSystem,
  type Logger,
} from "../../ports/index.ts";
import type { Verdict } from "../news/events.ts";
import { takeMessage, type Judges } from "./inbox.ts";

/** Where it is and how often it is looked at. */
export interface SpoolOptions {
  /** The folder; made, mode 0700, if it is not there. */
  readonly directory: string;
  /** Pause between two looks, milliseconds. Default 1,000. */
  readonly pollMs?: number;
  /** A file must not have changed for so long, milliseconds. Default 500. */
  readonly settleMs?: number;
}

/** What picking up needs. */
export interface SpoolParts {
  readonly judges: Judges;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Larger than any message: read so far, refused as too large. */
const maxBytes = 80 * 1024;

/** Looks until aborted. */
export async function watchSpool(
  options: SpoolOptions,
  parts: SpoolParts,
  signal: AbortSignal,
): Promise<void> {
  let isReady = false;
  while (!signal.aborted) {
    try {
      if (!isReady) await recover(options, parts);
      isReady = true;
      await lookOnce(options, parts, signal);
    } catch (error) {
      isReady = false;
      parts.logger.log("error", `The spool ${options.directory} cannot be used; trying again.`, {
        error,
      });
    }
    await pause(options.pollMs ?? 1000, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Takes up everything that is ready now, each file once: one that has to wait is in no other's way.
 *
 * @returns how many files were judged
 */
export async function lookOnce(
  options: SpoolOptions,
  parts: SpoolParts,
  signal?: AbortSignal,
): Promise<number> {
  const { directory, settleMs = 500 } = options;
  const { fileSystem, clock } = parts;
  const names = (await fileSystem.list(directory)).filter((name) => name.endsWith(".json"));
  let judged = 0;
  for (const name of names) {
    if (signal?.aborted === true) break;
    const path = join(directory, name);
    const facts = await fileSystem.stat(path);
    if (facts?.kind !== "file" || clock.now().getTime() - facts.modifiedAtMs < settleMs) continue;
    const taken = join(directory, "taken", name);
    try {
      await fileSystem.rename(path, taken);
    } catch {
      continue; // another server was quicker
    }
    try {
      await judgeFile(taken, name, options, parts);
      judged++;
    } catch (error) {
      parts.logger.log("error", `${path} could not be judged; trying again.`, { error });
      await fileSystem.rename(taken, path);
    }
  }
  return judged;
}

/** Makes the folders, and puts back what a crash left in `taken/`. */
async function recover({ directory }: SpoolOptions, { fileSystem }: SpoolParts): Promise<void> {
  for (const folder of ["taken", "refused"])
    await fileSystem.makeDirectory(join(directory, folder));
  for (const name of await fileSystem.list(join(directory, "taken")))
    await fileSystem.rename(join(directory, "taken", name), join(directory, name));
}

async function judgeFile(
  path: string,
  name: string,
  options: SpoolOptions,
  parts: SpoolParts,
): Promise<void> {
  const { fileSystem } = parts;
  const verdict = await verdictOn(path, parts);
  if (verdict.outcome !== "refused") return fileSystem.remove(path);
  const { code, message, retryable } = verdict;
  if (retryable) return fileSystem.rename(path, join(options.directory, name));
  const aside = join(options.directory, "refused", name);
  await fileSystem.rename(path, aside);
  const reason = JSON.stringify({ code, message }, undefined, 2);
  await syncedWrite(
    fileSystem,
    aside.replace(/\.json$/, ".reason.json"),
    new TextEncoder().encode(`${reason}\n`),
  );
}

async function verdictOn(path: string, { fileSystem, judges }: SpoolParts): Promise<Verdict> {
  try {
    return await takeMessage(await readWhole(fileSystem, path, maxBytes), "spool", judges);
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    const { code, message, step, retryable } = error;
    return { outcome: "refused", code, message, step, retryable };
  }
}
