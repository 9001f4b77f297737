/**
 * Fires when watched files have settled and their contents changed.
 *
 * Looking is cheap: names, sizes and times. Only when these have not changed for the settle time is the content hashed;
 * a file that was touched and not changed does not fire. (One that is replaced with neither size nor time changed is
 * not noticed; git, make and rsync do not notice it either.) What changed while nobody looked fires at the next look.
 */
import { createHash } from "node:crypto";
import { relative } from "node:path";
import { glob } from "tinyglobby";
import type { FileSystem } from "../ports/index.ts";
import type { WatchSource } from "../schema/index.ts";
import type { EventSource, SourceState } from "./source.ts";

/** What a watch needs. */
export interface WatchParts {
  readonly state: SourceState;
  /** Its own place in the state. */
  readonly key: string;
  /** Folder that the glob is relative to. */
  readonly baseDirectory: string;
  readonly fileSystem: FileSystem;
}

interface Seen {
  /** Digest of the contents that had their effect. */
  readonly settled: string;
  /** Digest that is due, and since when. */
  readonly pending?: { readonly digest: string; readonly at: string };
}

const chunkBytes = 1024 * 1024;

/** Makes a watch. What is there when it is first asked is the beginning: it does not fire. */
export function watchSource(definition: WatchSource, parts: WatchParts): EventSource {
  const settleMs = (definition.settleSeconds ?? 5) * 1000;
  let looks = { outline: "", sinceMs: Infinity, hashed: false };
  const read = async (): Promise<Seen | undefined> => {
    const text = await parts.state.get(parts.key);
    return text === undefined ? undefined : (JSON.parse(text) as Seen);
  };
  const write = (seen: Seen): Promise<void> => parts.state.set(parts.key, JSON.stringify(seen));

  /** Brings the state up to what is on the disk, once it has settled. */
  async function look(now: Date): Promise<Seen | undefined> {
    const seen = await read();
    const paths = await find(definition.glob, parts.baseDirectory);
    const outline = await outlineOf(paths, parts.fileSystem);
    if (outline !== looks.outline) looks = { outline, sinceMs: now.getTime(), hashed: false };
    if (looks.hashed || (now.getTime() - looks.sinceMs < settleMs && seen !== undefined))
      return seen;
    const digest = await digestOf(paths, parts);
    // It may have changed while it was hashed: then what was hashed is not what is there.
    if ((await outlineOf(paths, parts.fileSystem)) !== outline) return seen;
    looks.hashed = true;
    const next = advance(seen, digest, paths.length, now);
    if (next !== seen) await write(next);
    return next;
  }

  return {
    async due(now) {
      const seen = await look(now);
      if (seen?.pending === undefined) return [];
      const { digest, at } = seen.pending;
      return [
        {
          key: `${at} ${digest}`, // contents may come back that were here before
          at: new Date(at),
          event: { kind: "watch", detail: `${definition.glob}: ${digest.slice(0, 16)}` },
          settle: async () => {
            const { pending } = (await read()) ?? {};
            // What changed meanwhile stays due.
            await write(
              pending === undefined || pending.digest === digest
                ? { settled: digest }
                : { settled: digest, pending },
            );
          },
        },
      ];
    },
  };
}

function advance(seen: Seen | undefined, digest: string, files: number, now: Date): Seen {
  if (seen === undefined) return { settled: digest };
  if (digest === (seen.pending?.digest ?? seen.settled)) return seen;
  // Files that vanish, or that are back as they were, leave nothing to push.
  if (files === 0 || digest === seen.settled) return { settled: seen.settled };
  return { settled: seen.settled, pending: { digest, at: now.toISOString() } };
}

async function find(pattern: string, cwd: string): Promise<string[]> {
  const paths = await glob(pattern, {
    cwd,
    absolute: true,
    dot: true,
    followSymbolicLinks: false,
    expandDirectories: false,
  });
  return paths.toSorted();
}

async function outlineOf(paths: readonly string[], fileSystem: FileSystem): Promise<string> {
  const facts = await Promise.all(paths.map((path) => fileSystem.stat(path)));
  return paths
    .map((path, index) => `${path}\0${facts[index]?.size}\0${facts[index]?.modifiedAtMs}`)
    .join("\n");
}

async function digestOf(
  paths: readonly string[],
  { fileSystem, baseDirectory }: WatchParts,
): Promise<string> {
  const digest = createHash("sha256");
  const buffer = new Uint8Array(chunkBytes);
  for (const path of paths) {
    const facts = await fileSystem.stat(path);
    if (facts?.kind !== "file") continue;
    digest.update(`${relative(baseDirectory, path)}\0${facts.size}\0`);
    const handle = await fileSystem.open(path, "read");
    try {
      for (let at = 0, count = 1; count > 0; at += count) {
        count = await handle.read(buffer, at);
        digest.update(buffer.subarray(0, count));
      }
    } finally {
      await handle.close();
    }
  }
  return digest.digest("hex");
}
