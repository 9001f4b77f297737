/**
 * A FileSystem that watches the journal and ends the process, or fails once, at a state: just after the state was
 * written (before its work), or just before the next one is (after its work).
 */
import type { State } from "../../src/agent/index.ts";
import { readWhole, type FileHandle, type FileSystem } from "../../src/ports/index.ts";
import { failure } from "./memory-disk.ts";

/** Where, and what. */
export interface WatchPoint {
  readonly state: State;
  /** entered: journalled, its work not begun; leaving: its work done, the next state not journalled. */
  readonly moment: "entered" | "leaving";
  /** kill: every later call fails; fail: the next call fails, once. */
  readonly effect: "kill" | "fail";
  /** Which time it is entered; default the first. */
  readonly time?: number;
}

/** Watches. */
export function watchJournal(
  inner: FileSystem,
  point: WatchPoint,
): FileSystem & { readonly states: State[] } {
  let present: State | undefined;
  let struck = false;
  let dead = false;
  const states: State[] = [];

  const strike = (): void => {
    if (struck) return;
    struck = true;
    dead = true;
  };
  const call = async <R>(path: string, work: () => Promise<R>): Promise<R> => {
    if (!dead) return work();
    if (point.effect === "fail") dead = false;
    throw failure("EIO", "call", path);
  };
  const guard =
    <A extends [string, ...unknown[]], R>(
      work: (...args: A) => Promise<R>,
    ): ((...args: A) => Promise<R>) =>
    (...args) =>
      call(args[0], () => work(...args));

  return {
    states,
    open: guard(async (path, mode) => guardHandle(await inner.open(path, mode), path, call)),
    list: guard((path) => inner.list(path)),
    stat: guard((path) => inner.stat(path)),
    makeDirectory: guard((path, mode) => inner.makeDirectory(path, mode)),
    remove: guard((path) => inner.remove(path)),
    link: (target, path) => call(path, () => inner.link(target, path)),
    readLink: guard((path) => inner.readLink(path)),
    setMode: guard((path, mode) => inner.setMode(path, mode)),
    syncDirectory: async (path) => {
      await call(path, () => inner.syncDirectory(path));
      if (
        point.moment === "entered" &&
        present === point.state &&
        states.filter((state) => state === present).length >= (point.time ?? 1) &&
        /deployments\/[0-9a-f]{64}$/.test(path)
      )
        strike();
    },
    freeBytes: guard((path) => inner.freeBytes(path)),
    rename: async (from, to) => {
      if (!to.endsWith("/journal.json")) return call(from, () => inner.rename(from, to));
      const next = stateOf(await readWhole(inner, from, 1e6));
      if (point.moment === "leaving" && present === point.state && next !== present) strike();
      await call(from, () => inner.rename(from, to));
      present = next;
      states.push(next);
    },
  };
}

function guardHandle(
  handle: FileHandle,
  path: string,
  call: <R>(path: string, work: () => Promise<R>) => Promise<R>,
): FileHandle {
  return {
    read: (buffer, position) => call(path, () => handle.read(buffer, position)),
    write: (bytes) => call(path, () => handle.write(bytes)),
    stat: () => call(path, () => handle.stat()),
    sync: () => call(path, () => handle.sync()),
    close: () => handle.close(),
  };
}

function stateOf(bytes: Uint8Array): State {
  return (JSON.parse(new TextDecoder().decode(bytes)) as { state: State }).state;
}
