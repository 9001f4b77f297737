/**
 * Going on with a deployment that was begun before: after a kill, after a pause, or because another copy of its
 * notification came. Until the machine was switched the world is looked at again first: what was recalled, revoked,
 * overtaken or has expired meanwhile is not begun, and what must wait for a window waits without costing anything.
 */
import type { Incoming } from "../../transport/index.ts";
import { readAccepted } from "../admission/accepted.ts";
import { judgeControls, judgeTrigger } from "../admission/applicability.ts";
import type { AuthenticNotification } from "../admission/authenticate.ts";
import { passGate } from "../admission/gate.ts";
import { needsAuthentic } from "../machine.ts";
import { Journal, type JournalRecord } from "../memory/journal.ts";
import { queueDeployments } from "../memory/queue.ts";
import { noteDeferral } from "../reports/interim.ts";
import type { Workplace } from "../workplace.ts";
import { failureOf, isPassing } from "./failure.ts";
import { takeUp, turnBack, type Halt } from "./run.ts";

/**
 * Takes up everything that is unfinished, and once more whenever something was installed: another may have waited for
 * just that.
 *
 * @returns how many are still unfinished
 */
export async function resumeAll(place: Workplace, signal: AbortSignal): Promise<number> {
  for (;;) {
    const { installed } = place.state.memory;
    const unfinished = await resumeEach(place, signal);
    if (unfinished === 0 || place.state.memory.installed === installed) return unfinished;
  }
}

async function resumeEach(place: Workplace, signal: AbortSignal): Promise<number> {
  const { fileSystem, deploymentsDirectory, logger, policy } = place;
  const { priority = [] } = policy;
  let unfinished = 0;
  for (const manifest of await queueDeployments(fileSystem, deploymentsDirectory, priority))
    try {
      if ((await resume(manifest, place, signal))?.postponed !== undefined) unfinished++;
    } catch (error) {
      if (signal.aborted) throw error;
      unfinished++;
      const message = error instanceof Error ? error.message : String(error);
      logger.log("error", `A deployment could not be taken up: ${message}`, { manifest });
    }
  return unfinished;
}

/** Takes one unfinished deployment up again, from its own copy of the notification. */
async function resume(
  manifest: string,
  place: Workplace,
  signal: AbortSignal,
): Promise<Halt | undefined> {
  const journal = new Journal(place.fileSystem, place.deploymentsDirectory, manifest);
  const left = await journal.read();
  if (left === undefined || left.state === "reported") {
    await journal.remove();
    return undefined;
  }
  const halt = await takeUpAgain(journal, left, place, signal);
  await settleHalt(halt, journal, place);
  return halt;
}

/** @param again the message that is here now, if one is: the archive may have come with it. */
export async function takeUpAgain(
  journal: Journal,
  left: JournalRecord,
  place: Workplace,
  signal: AbortSignal,
  again?: Incoming,
): Promise<Halt> {
  if (!needsAuthentic.has(left.state)) return takeUp({ journal, record: left }, place, signal);
  let authentic: AuthenticNotification;
  try {
    authentic = await readAccepted(journal, left, place, place.clock.now(), again);
    judgeTrigger(authentic.trigger.document, place.state.memory);
    judgeControls(left.deployment, place.state.memory);
    if (left.state === "verified" && left.release !== undefined)
      await passGate(left.release, place);
  } catch (error) {
    const failure = failureOf(error, "authenticate");
    if (isPassing(error) || waitsForTrust.has(failure.code))
      return { record: left, postponed: failure };
    return turnBack({ journal, record: left }, failure, place, signal);
  }
  const passedGate = left.state === "verified" && left.release !== undefined;
  return takeUp({ journal, record: left, authentic, passedGate }, place, signal);
}

/** What is at its end leaves no trace but its receipt; what waits says so, once to the server. */
export async function settleHalt(
  { record, postponed }: Halt,
  journal: Journal,
  place: Workplace,
): Promise<void> {
  const { name, version, manifest } = record.package;
  if (postponed === undefined) {
    place.halted.delete(manifest);
    return journal.remove();
  }
  const isNews = place.halted.get(manifest)?.message !== postponed.message;
  place.halted.set(manifest, postponed);
  place.events.emit({
    type: "postponed",
    name,
    version,
    code: postponed.code,
    message: postponed.message,
  });
  if (isNews)
    await journal
      .noteWaiting(postponed)
      .catch((error: unknown) =>
        place.logger.log("warn", `Why ${name} waits was not noted: ${String(error)}`),
      );
  await noteDeferral(record, postponed, journal, place);
}

/** The clock or the trust document must change, not the notification. */
const waitsForTrust: ReadonlySet<string> = new Set([
  "TRUST_EXPIRED",
  "TRUST_VERSION",
  "NOT_YET_VALID",
  "SIGNATURE_TIME",
]);
