/**
 * One agent per data directory. The lock file names a process and when it started, so that the lock of a process that
 * was killed, whose number another program may have got since, is known to be stale and taken over.
 *
 * Taking over renames the stale file away first: of two agents that try, one gets it, and looks at what it got.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { OutriderError } from "../errors/index.ts";
import { readWhole, type FileSystem } from "../ports/index.ts";
import { processStartTime } from "./process-start.ts";

/** A lock that is held. */
export interface DirectoryLock {
  /** Gives it back. */
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly token: string;
}

const tries = 5;

/**
 * Takes the lock of a directory.
 *
 * @throws AGENT_BUSY
 */
export async function lockDirectory(
  fileSystem: FileSystem,
  directory: string,
): Promise<DirectoryLock> {
  const path = join(directory, "agent.lock");
  const self: Holder = {
    pid: process.pid,
    started: processStartTime(process.pid) ?? "",
    token: randomUUID(),
  };
  for (let attempt = 0; attempt < tries; attempt++) {
    if (await create(fileSystem, path, self))
      return { release: () => release(fileSystem, path, self) };
    const holder = await readHolder(fileSystem, path);
    if (holder !== undefined && isAlive(holder))
      throw new OutriderError(
        "AGENT_BUSY",
        `Another agent (process ${holder.pid}) works on ${directory}. Stop it, or give this one its own data directory.`,
        { subject: directory },
      );
    await moveAway(fileSystem, path, holder, self);
  }
  throw new OutriderError(
    "AGENT_BUSY",
    `Other agents are taking the lock of ${directory} just now. Start again.`,
    {
      subject: directory,
    },
  );
}

async function create(fileSystem: FileSystem, path: string, self: Holder): Promise<boolean> {
  let handle;
  try {
    handle = await fileSystem.open(path, "create");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    await handle.write(new TextEncoder().encode(JSON.stringify(self)));
  } finally {
    await handle.close();
  }
  return (await readHolder(fileSystem, path))?.token === self.token;
}

/** `undefined`: gone, or cut off while it was being written. */
async function readHolder(fileSystem: FileSystem, path: string): Promise<Holder | undefined> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const text = new TextDecoder().decode(await readWhole(fileSystem, path, 4096));
      const holder = JSON.parse(text) as Partial<Holder>;
      if (
        typeof holder.pid === "number" &&
        typeof holder.started === "string" &&
        typeof holder.token === "string"
      )
        return holder as Holder;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return undefined;
      if (!(error instanceof SyntaxError)) throw error;
    }
    // Somebody may be writing it this moment; a killed writer never goes on.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false; // EPERM: alive, another user's
  }
  const started = processStartTime(holder.pid);
  return started === undefined || holder.started === "" || started === holder.started;
}

async function moveAway(
  fileSystem: FileSystem,
  path: string,
  stale: Holder | undefined,
  self: Holder,
): Promise<void> {
  const aside = `${path}.${self.token}`;
  try {
    await fileSystem.rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // released, or another was quicker
    throw error;
  }
  const taken = await readHolder(fileSystem, aside);
  // Another agent took over between our look and our rename: give it back its lock.
  if (taken !== undefined && taken.token !== stale?.token) await fileSystem.rename(aside, path);
  else await fileSystem.remove(aside);
}

async function release(fileSystem: FileSystem, path: string, self: Holder): Promise<void> {
  if ((await readHolder(fileSystem, path))?.token === self.token) await fileSystem.remove(path);
}
