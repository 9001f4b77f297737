/**
 * Every disk that a power cut could leave, from the record of a MemoryDisk. What no barrier covered may be lost, alone
 * or with others, in any order, and a write may be torn (ALICE, OSDI'14: un-synced = anything).
 *
 * At each moment, of the changes still pending: all, none, each prefix, all but one, only one; each write cut in half.
 */
import type { MemoryDisk, Operation } from "./memory-disk.ts";

/** One possible disk. */
export interface CrashImage {
  readonly disk: MemoryDisk;
  /** Operations that were called before the cut. */
  readonly after: number;
  /** What was lost, for a failure's message. */
  readonly lost: string;
}

/**
 * Enumerates.
 *
 * @param before the disk as it was, durably, when the record began.
 * @param worked a clone of it, on which the work was done.
 */
export function* crashImages(before: MemoryDisk, worked: MemoryDisk): Generator<CrashImage> {
  const { record } = worked;
  let base = before.clone();
  base.adopt(worked);
  let pending: Operation[] = [];
  for (let after = 0; ; after++) {
    yield* imagesOf(base, pending, after);
    const next = record[after];
    if (next === undefined) return;
    if (next.kind === "sync" || next.kind === "syncFolder") {
      const durable = coveredBy(next, pending);
      base = base.clone();
      for (const operation of pending) if (durable.has(operation)) base.apply(operation);
      pending = pending.filter((operation) => !durable.has(operation));
    } else pending = [...pending, next];
  }
}

type Barrier = Extract<Operation, { kind: "sync" | "syncFolder" }>;

/** What a barrier makes durable: a file's bytes, or a folder's entries. */
function coveredBy(barrier: Barrier, pending: readonly Operation[]): Set<Operation> {
  const covered = new Set<Operation>();
  for (const operation of pending.toReversed()) {
    if (operation.kind === "enter" || operation.kind === "leave" || operation.kind === "move") {
      if (barrier.kind === "syncFolder" && operation.folder === barrier.folder)
        covered.add(operation);
      // What was moved must have been there before: a durable move takes along what made its source.
      for (const later of covered)
        if (
          later.kind === "move" &&
          later.from.folder === operation.folder &&
          later.from.name === operation.name
        )
          covered.add(operation);
    } else if (
      "node" in operation &&
      operation.node === (barrier.kind === "sync" ? barrier.node : barrier.folder)
    )
      covered.add(operation);
  }
  return covered;
}

function* imagesOf(
  base: MemoryDisk,
  pending: readonly Operation[],
  after: number,
): Generator<CrashImage> {
  const image = (kept: readonly Operation[], lost: string): CrashImage => {
    const disk = base.clone();
    for (const operation of kept) disk.apply(operation);
    return { disk, after, lost };
  };
  yield image(pending, "nothing");
  for (let length = 0; length < pending.length; length++)
    yield image(pending.slice(0, length), `all from ${nameOf(pending[length])}`);
  for (const [at, operation] of pending.entries()) {
    if (at < pending.length - 1) yield image(pending.toSpliced(at, 1), `only ${nameOf(operation)}`);
    if (at > 0) yield image([operation], `all but ${nameOf(operation)}`);
    if (operation.kind === "write" && operation.bytes.length > 1) {
      const torn = {
        ...operation,
        bytes: operation.bytes.subarray(0, operation.bytes.length >> 1),
      };
      yield image(pending.with(at, torn), `half of ${nameOf(operation)}`);
    }
  }
}

function nameOf(operation: Operation | undefined): string {
  if (operation === undefined) return "nothing";
  return "name" in operation ? `${operation.kind} ${operation.name}` : operation.kind;
}
