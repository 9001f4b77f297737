/**
 * Runs one deployment along the table of `machine.ts`: journal, then work, then the next state, until there is no work
 * left or something asks to be done later. The same function begins, goes on after a restart, and goes back.
 */
import { isOutriderError } from "../../errors/index.ts";
import {
  changingStates,
  maxWrites,
  nextState,
  works,
  writesToEnd,
  type Event,
} from "../machine.ts";
import type { Failure, Journal, JournalRecord } from "../memory/journal.ts";
import type { Workplace } from "../workplace.ts";
import { failureOf, isPassing } from "./failure.ts";
import type { Progress } from "./progress.ts";
import { stepOf } from "./steps.ts";

/** Where it stopped, and why if not at its end. */
export interface Halt {
  readonly record: JournalRecord;
  readonly postponed?: Failure;
}

/** Goes on until the end, or until it has to wait. */
export async function carryOn(
  begun: Progress,
  place: Workplace,
  signal: AbortSignal,
): Promise<Halt> {
  let progress = begun;
  try {
    for (;;) {
      const { state } = progress.record;
      const work = works[state];
      if (work === undefined || work === "authenticate") return { record: progress.record };
      let event: Event = "done";
      let next: JournalRecord;
      try {
        signal.throwIfAborted();
        const { again, ...reached } = await stepOf[work](progress, place, signal);
        progress = reached;
        next = reached.record;
        if (again === true) event = "again";
      } catch (error) {
        if (signal.aborted) throw error;
        const failure = failureOf(error, work);
        place.logger.log("warn", failure.message, { state, code: failure.code });
        event = eventOf(error, progress.record);
        if (event === "later") return { record: progress.record, postponed: failure };
        if (event === "otherwise") {
          await progress.verified?.archive.close();
          const { journal, authentic } = progress;
          next = withoutPatch(progress.record, failure);
          progress = { journal, record: next, ...(authentic === undefined ? {} : { authentic }) };
        } else next = { ...progress.record, failure };
      }
      progress = {
        ...progress,
        record: await enter(
          progress.journal,
          countAttempt({ ...next, state: nextState(state, event) }),
        ),
      };
      const { name, version } = progress.record.package;
      place.events.emit({ type: "state", name, version, state: progress.record.state });
    }
  } finally {
    await progress.verified?.archive.close();
  }
}

function eventOf(error: unknown, { obtained, state }: JournalRecord): Event {
  if (isPassing(error)) return "later";
  const isOfPackage = isOutriderError(error) && error.code.startsWith("PACKAGE_");
  const canGoOn = nextState(state, "otherwise") !== state;
  if (isOfPackage && canGoOn && obtained?.base !== undefined) return "otherwise";
  return nextState(state, "failed") === state ? "later" : "failed";
}

/** Whatever is wrong with a patch or its base, the full package needs neither. */
function withoutPatch(record: JournalRecord, { code }: Failure): JournalRecord {
  const { obtained: _patch, ...rest } = record;
  const trace = [...record.trace, `the patch cannot be used: ${code}; the full package is taken`];
  return { ...rest, withoutPatch: true, trace };
}

/**
 * Takes up what the journal of an earlier run left. Where the machine was being changed and it was not this process
 * that stopped, the journal is written first, so that being killed at the same point for ever comes to an end.
 */
export async function takeUp(left: Progress, place: Workplace, signal: AbortSignal): Promise<Halt> {
  const { journal, record } = left;
  const wasCutOff = !place.halted.has(record.package.manifest);
  if (!wasCutOff || !changingStates.has(record.state)) return carryOn(left, place, signal);
  // An attempt of the health check that was cut off counts: it may have been what took the machine down.
  return carryOn({ ...left, record: await enter(journal, countAttempt(record)) }, place, signal);
}

/** It is not wanted any more. */
export async function turnBack(
  left: Progress,
  failure: Failure,
  place: Workplace,
  signal: AbortSignal,
): Promise<Halt> {
  const { journal, record } = left;
  const state = nextState(record.state, "unwanted");
  return carryOn(
    { ...left, record: await journal.write({ ...record, state, failure }) },
    place,
    signal,
  );
}

/** Being in `switched` is one attempt of the health check. */
function countAttempt(record: JournalRecord): JournalRecord {
  return record.state === "switched" ? { ...record, attempts: record.attempts + 1 } : record;
}

/** Writes the journal; out of writes, the way is back. */
async function enter(journal: Journal, record: JournalRecord): Promise<JournalRecord> {
  const exhausted = changingStates.has(record.state) && record.writes >= maxWrites - writesToEnd;
  if (!exhausted) return journal.write(record);
  const message = `It was interrupted too often: ${record.writes} journal writes and no end.`;
  return journal.write({
    ...record,
    state: "rollingBack",
    failure: { code: "DEPLOY_FAILED", step: "deploy", message },
  });
}
