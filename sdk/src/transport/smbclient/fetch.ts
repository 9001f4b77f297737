/**
 * Takes an archive off a share that nobody mounted. A first copy streams through us and is verified on its way. The
 * rest of one that was cut goes to a file of its own beside it, since smbclient can begin in the middle only there;
 * nothing that a left-over smbclient may still write to ever becomes the archive (THREATS P3).
 */
import { open, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { nodeFileSystem } from "../../ports/index.ts";
import type { CopyOptions } from "../copy-archive.ts";
import { PartialArchive, type ArchiveTarget } from "../partial-archive.ts";
import { remoteName, type SmbclientPlace } from "./place.ts";
import { runSmbclient } from "./run.ts";

/** @returns bytes that crossed the share. @throws PACKAGE_DIGEST, SPACE, CANCELLED, SmbFault */
export async function fetchArchive(
  place: SmbclientPlace,
  name: string,
  wanted: ArchiveTarget,
  options: CopyOptions,
): Promise<number> {
  const task: Task = { place, name, wanted, options };
  const partial = await PartialArchive.open(nodeFileSystem, wanted, options);
  const before = partial.length;
  try {
    return await complete(task, partial);
  } catch (error) {
    const isWrong = isOutriderError(error) && error.code === "PACKAGE_DIGEST";
    if (before === 0 || !isWrong) throw error;
  }
  // What an earlier source had left may have been the wrong part, and is gone now: once more, from the beginning.
  const whole = await PartialArchive.open(nodeFileSystem, wanted, options);
  return wanted.size - before + (await complete(task, whole));
}

interface Task {
  readonly place: SmbclientPlace;
  readonly name: string;
  readonly wanted: ArchiveTarget;
  readonly options: CopyOptions;
}

async function complete(task: Task, partial: PartialArchive): Promise<number> {
  const before = partial.length;
  try {
    if (before === 0) await stream(task, partial);
    else if (before < task.wanted.size) await appendRest(task, partial);
  } catch (error) {
    await partial.keep();
    throw error;
  }
  const fetched = partial.length - before;
  await partial.finish();
  return fetched;
}

async function stream({ place, name, options }: Task, partial: PartialArchive): Promise<void> {
  await runSmbclient(place, {
    text: `get ${remoteName(place, name)} -`,
    async onOutput(bytes) {
      await partial.append(bytes);
      options.onProgress?.(partial.length);
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** What came is kept, also when the share broke off again. */
async function appendRest(task: Task, partial: PartialArchive): Promise<void> {
  const rest = `${task.wanted.target}.rest`; // what a killed fetch left under it is begun anew
  await rm(rest, { force: true });
  try {
    await makeSparse(rest, partial.length);
    try {
      await fetchRest(task, rest, partial.length);
    } finally {
      await appendFrom(rest, partial, task.wanted.size);
    }
  } finally {
    await rm(rest, { force: true });
  }
}

/** A file of so many bytes that are not there: `reget` goes on after them. */
async function makeSparse(path: string, bytes: number): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.truncate(bytes);
}

async function fetchRest(
  { place, name, wanted, options }: Task,
  rest: string,
  from: number,
): Promise<void> {
  const { size: most, bytesPerSecond = Infinity } = wanted;
  const beganAt = performance.now();
  let length = from;
  await runSmbclient(place, {
    text: `reget ${remoteName(place, name)} ${basename(rest)}`,
    localFolder: dirname(rest),
    async watch(child) {
      const { size } = await stat(rest);
      if (size > most) throw tooMuch(wanted);
      const isAhead = (size - from) / bytesPerSecond > (performance.now() - beganAt) / 1000;
      child.kill(isAhead ? "SIGSTOP" : "SIGCONT");
      const isAlive = isAhead || size > length;
      length = size;
      options.onProgress?.(size);
      return isAlive;
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

async function appendFrom(path: string, partial: PartialArchive, most: number): Promise<void> {
  await using file = await open(path, "r");
  const buffer = new Uint8Array(1024 * 1024);
  while (partial.length <= most) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, partial.length);
    if (bytesRead === 0) break;
    await partial.append(buffer.subarray(0, bytesRead));
  }
}

function tooMuch({ target, size }: ArchiveTarget): OutriderError {
  return new OutriderError(
    "PACKAGE_DIGEST",
    `More than the ${size} bytes that were signed came for ${target}. Another source is tried.`,
    { subject: target },
  );
}
