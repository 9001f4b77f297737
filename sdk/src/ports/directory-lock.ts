/**
 * One agent, or one server, per data directory, whatever was killed before.
 *
 * Each puts a file of its own into `DATA/lock/`, then looks who else is there. Whoever came second sees the first,
 * so two never hold it; nobody ever removes a file of a living process, so there is nothing to steal. A file names its
 * process and when that started: a killed one's is known to be stale, also where another program got its number.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { OutriderError } from "../errors/index.ts";
import type { FileSystem } from "./filesystem.ts";
import { readWhole } from "./node-filesystem.ts";
import { processStartTime } from "./process-start.ts";

/** Who wants a directory for itself. */
export interface LockOwner {
  /** For people: what it is. */
  readonly name: "agent" | "server";
  readonly code: "AGENT_BUSY" | "SERVER_BUSY";
  /** How long it waits for another to end, milliseconds. Default: not at all. */
  readonly patienceMs?: number;
}

/** A lock that is held. */
export interface DirectoryLock {
  /** Gives it back. */
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly started: string;
  /** false: still looking who else is there. */
  readonly held: boolean;
}

/** Those that come at the same moment get out of each other's way in this time. */
const shortestPatienceMs = 500;
const longestPauseMs = 80;
const suffix = ".json";

/**
 * Takes the lock of a directory.
 *
 * @throws AGENT_BUSY, SERVER_BUSY
 */
export async function lockDirectory(
  fileSystem: FileSystem,
  directory: string,
  owner: LockOwner,
): Promise<DirectoryLock> {
  const folder = join(directory, "lock");
  const name = `${randomUUID()}${suffix}`;
  const self = { pid: process.pid, started: processStartTime(process.pid) ?? "" };
  await fileSystem.makeDirectory(folder);
  const startedMs = performance.now();
  const { patienceMs = 0 } = owner;
  for (;;) {
    await announce(fileSystem, folder, name, { ...self, held: false });
    const others = await othersAlive(fileSystem, folder, name);
    if (others.length === 0) {
      await announce(fileSystem, folder, name, { ...self, held: true });
      return { release: () => fileSystem.remove(join(folder, name)) };
    }
    await fileSystem.remove(join(folder, name));
    const holder = others.find(({ held }) => held);
    const waitedMs = performance.now() - startedMs;
    if (holder !== undefined && waitedMs >= patienceMs)
      throw busy(owner, directory, `Another ${owner.name} (process ${holder.pid}) works`);
    if (waitedMs >= Math.max(patienceMs, shortestPatienceMs))
      throw busy(owner, directory, `Other ${owner.name}s are just starting`);
    // Others that came at the same moment step back like this one: some chance decides.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * longestPauseMs));
  }
}

/** The process that holds the lock of a directory, if one does. Changes nothing. */
export async function lockHolder(
  fileSystem: FileSystem,
  directory: string,
): Promise<number | undefined> {
  const folder = join(directory, "lock");
  if ((await fileSystem.stat(folder)) === undefined) return undefined;
  for (const name of await fileSystem.list(folder)) {
    if (!name.endsWith(suffix)) continue;
    const holder = await readHolder(fileSystem, join(folder, name));
    if (typeof holder !== "string" && holder.held && isAlive(holder)) return holder.pid;
  }
  return undefined;
}

/** Written beside and renamed: nobody ever reads half of it. */
async function announce(
  fileSystem: FileSystem,
  folder: string,
  name: string,
  holder: Holder,
): Promise<void> {
  const temporary = join(folder, `${name}.tmp`);
  const handle = await fileSystem.open(temporary, "replace");
  try {
    await handle.write(new TextEncoder().encode(JSON.stringify(holder)));
  } finally {
    await handle.close();
  }
  await fileSystem.rename(temporary, join(folder, name));
}

/** Who else is there; what dead processes left is removed. */
async function othersAlive(
  fileSystem: FileSystem,
  folder: string,
  self: string,
): Promise<Holder[]> {
  const alive: Holder[] = [];
  for (const name of await fileSystem.list(folder)) {
    if (name === self || !name.endsWith(suffix)) continue;
    const holder = await readHolder(fileSystem, join(folder, name));
    if (holder === "gone") continue;
    if (holder !== "damaged" && isAlive(holder)) alive.push(holder);
    else await fileSystem.remove(join(folder, name));
  }
  return alive;
}

async function readHolder(
  fileSystem: FileSystem,
  path: string,
): Promise<Holder | "gone" | "damaged"> {
  try {
    const text = new TextDecoder().decode(await readWhole(fileSystem, path, 4096));
    const { pid, started, held } = (JSON.parse(text) ?? {}) as Partial<Holder>;
    if (typeof pid !== "number" || typeof started !== "string") return "damaged";
    return { pid, started, held: held === true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "gone";
    if (error instanceof SyntaxError) return "damaged"; // a power cut: nobody writes half of it otherwise
    throw error;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false; // EPERM: alive, another user's
  }
  const now = processStartTime(pid);
  return now === undefined || started === "" || now === started;
}

function busy({ code }: LockOwner, directory: string, what: string): OutriderError {
  return new OutriderError(
    code,
    `${what} on ${directory}. Stop it, or give this one its own data directory.`,
    { subject: directory },
  );
}
