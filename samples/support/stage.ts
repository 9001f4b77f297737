/**
 * Where a sample plays: a folder of its own, what has to be closed in the end, and what is claimed. Killed samples leave
 * their folder; the next one of the same name removes those whose process is gone.
 */
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { say } from "./report.ts";

/** A sample's stage. */
export interface Stage {
  readonly folder: string;
  /** Says at the end what should have held and did not. */
  readonly claim: (held: boolean, otherwise: string) => void;
  /** Closes in the reverse order, whatever happened. */
  readonly onEnd: (close: () => Promise<unknown>) => void;
  /** Plays, cleans up, and ends with exit code 0 only if every claim held. */
  readonly play: (work: () => Promise<void>) => Promise<void>;
}

/** Opens it. @param keep leaves the folder for looking around */
export async function openStage(sample: string, keep = false): Promise<Stage> {
  const prefix = `outrider-${sample}-`;
  await sweep(prefix);
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await writeFile(join(folder, ownerFile), String(process.pid));
  const failures: string[] = [];
  const closing: (() => Promise<unknown>)[] = [];
  const end = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close();
    if (keep) say(`Kept: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void end().finally(() => process.exit(130)));
  return {
    folder,
    claim(held, otherwise) {
      if (!held) failures.push(otherwise);
    },
    onEnd: (close) => void closing.push(close),
    async play(work) {
      try {
        await work();
      } finally {
        await end();
      }
      for (const failure of failures) console.error(`NOT AS CLAIMED: ${failure}`);
      say(failures.length === 0 ? "Every claim held." : `${failures.length} claims did not hold.`);
      process.exitCode = failures.length === 0 ? 0 : 1;
    },
  };
}

const ownerFile = "owner";

/** Only folders of this user that say which process made them, when that process is no more. */
async function sweep(prefix: string): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(tmpdir(), name);
    const facts = await lstat(folder).catch(() => undefined);
    if (facts?.isDirectory() !== true || facts.uid !== process.getuid?.()) continue;
    const owner = Number(await readFile(join(folder, ownerFile), "utf8").catch(() => ""));
    if (owner > 0 && !isAlive(owner)) await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks, and does nothing
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
