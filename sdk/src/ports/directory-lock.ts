/**
 * One agent, or one server, per data directory, whatever was killed before.
 *
 * Each puts a file of its own into `DATA/lock/`, then looks who else is there. Whoever came second sees the first,
 * so two never hold it; nobody ever removes a file of a living process, so there is nothing to steal. A file names its
 * process and when that started: a killed one's is known to be stale, also where another program got its number. Where
 * the system does not tell when a process started, it shows a sign of life beside.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { OutriderError } from "../errors/index.ts";
import type { FileSystem } from "./filesystem.ts";
import { lifeSignAddress, showLife, showsLife } from "./life-sign.ts";
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
  /** It shows a sign of life. */
  readonly shown: boolean;
}

/** Those that come at the same moment get out of each other's way in this time. */
const shortestPatienceMs = 500;
const longestPauseMs = 80;
const suffix = ".json";

/** Where the process of a lock file shows its sign of life, if it does. */
type AddressOf = (name: string) => string | undefined;

/**
 * Takes the lock of a directory.
 *
 * @throws AGENT_BUSY, SERVER_BUSY
 */
export async function lockDirectory(
  fileSystem: FileSystem,
  directory: string,
  owner: LockOwner,
  addressOf: AddressOf = lifeSignAddress,
): Promise<DirectoryLock> {
  const folder = join(directory, "lock");
  const name = `${randomUUID()}${suffix}`;
  await fileSystem.makeDirectory(folder);
  const sign = await showLife(addressOf(name));
  try {
    const shown = sign !== undefined;
    const self = { pid: process.pid, started: processStartTime(process.pid) ?? "", shown };
    await take({ fileSystem, directory, folder, name, owner, addressOf }, self);
  } catch (error) {
    sign?.end();
    throw error;
  }
  return {
    async release() {
      await fileSystem.remove(join(folder, name));
      sign?.end();
    },
  };
}

interface Taking {
  readonly fileSystem: FileSystem;
  readonly directory: string;
  readonly folder: string;
  /** Of the own file. */
  readonly name: string;
  readonly owner: LockOwner;
  readonly addressOf: AddressOf;
}

/** Until the own file is the only one of a living process. */
async function take(
  { fileSystem, directory, folder, name, owner, addressOf }: Taking,
  self: Omit<Holder, "held">,
): Promise<void> {
  const startedMs = performance.now();
  const { patienceMs = 0 } = owner;
  for (;;) {
    await announce(fileSystem, folder, name, { ...self, held: false });
    const others = await othersAlive(fileSystem, folder, name, addressOf);
    if (others.length === 0) return announce(fileSystem, folder, name, { ...self, held: true });
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
  addressOf: AddressOf = lifeSignAddress,
): Promise<number | undefined> {
  const folder = join(directory, "lock");
  if ((await fileSystem.stat(folder)) === undefined) return undefined;
  for (const name of await fileSystem.list(folder)) {
    if (!name.endsWith(suffix)) continue;
    const holder = await readHolder(fileSystem, join(folder, name));
    if (typeof holder === "string" || !holder.held) continue;
    if (await isAlive(holder, addressOf(name))) return holder.pid;
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
  addressOf: AddressOf,
): Promise<Holder[]> {
  const alive: Holder[] = [];
  for (const name of await fileSystem.list(folder)) {
    if (name === self || !name.endsWith(suffix)) continue;
    const holder = await readHolder(fileSystem, join(folder, name));
    if (holder === "gone") continue;
    if (holder !== "damaged" && (await isAlive(holder, addressOf(name)))) alive.push(holder);
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
    const { pid, started, held, shown } = (JSON.parse(text) ?? {}) as Partial<Holder>;
    if (typeof pid !== "number" || typeof started !== "string") return "damaged";
    return { pid, started, held: held === true, shown: shown === true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "gone";
    if (error instanceof SyntaxError) return "damaged"; // a power cut: nobody writes half of it otherwise
    throw error;
  }
}

async function isAlive(
  { pid, started, shown }: Holder,
  address: string | undefined,
): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false; // EPERM: alive, another user's
  }
  if (shown && address !== undefined) return showsLife(address);
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
