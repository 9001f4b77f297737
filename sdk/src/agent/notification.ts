/**
 * A notification, from its signatures to the end of its deployment (Fig. 4, steps 84–91).
 *
 * However many copies come by however many transports, they meet at the manifest's digest: a release that is in place
 * or on its way has no second effect, and a deployment that was answered is not answered again.
 */
import { isOutriderError, OutriderError } from "../errors/index.ts";
import type { Incoming } from "../transport/index.ts";
import { isInstalled, judgeManifest, judgeTrigger } from "./applicability.ts";
import { authenticate, type AuthenticNotification } from "./authenticate.ts";
import { carryOn, failureOf, isPassing, takeUp, type Halt } from "./deployment.ts";
import { Journal, type Failure, type JournalRecord } from "./journal.ts";
import { needsAuthentic } from "./machine.ts";
import { recognizeNotification, type RecognizedNotification } from "./recognize.ts";
import type { Reception } from "./verdict.ts";
import type { Workplace } from "./workplace.ts";

/** Steps 84–91 for one notification. */
export async function receiveNotification(
  recognized: RecognizedNotification,
  place: Workplace,
  signal: AbortSignal,
): Promise<Reception> {
  const now = place.clock.now();
  const trust = place.trust.at(now);
  const authentic = authenticate(recognized, trust);
  const { notification } = authentic;
  const trigger = authentic.trigger.document;
  const { name, version } = trigger.package;
  const about = { package: name, version };

  const journal = new Journal(
    place.fileSystem,
    place.deploymentsDirectory,
    trigger.package.manifest,
  );
  const left = await journal.read();
  if (left !== undefined && left.state !== "reported") {
    await place.trust.remember(trust);
    // The archive may have come with the copy that is here now.
    return conclude(
      await takeUpAgain(journal, left, place, signal, recognized.raw.incoming),
      journal,
      place,
      authentic,
    );
  }
  const { memory } = place.state;
  if (memory.answered.includes(notification.deployment)) {
    await place.trust.remember(trust);
    return {
      verdict: "handled",
      detail: `${name} ${version}: this deployment was dealt with before.`,
      ...about,
    };
  }
  const refusal = isInstalled(trigger, memory) ? "installed" : refusalOf(authentic, place);
  if (refusal !== undefined) {
    await answerWithoutWork(authentic, place, refusal);
    await place.trust.remember(trust);
    return refusal === "installed"
      ? { verdict: "handled", detail: `${name} ${version} is installed already.`, ...about }
      : { verdict: "refused", code: refusal.code, detail: refusal.message, ...about };
  }
  const before = memory.installed[name]?.version;
  const record = await journal.begin(
    {
      format: 1,
      state: "authenticated",
      writes: 0,
      package: { name, version, manifest: trigger.package.manifest },
      notification: notification.id,
      deployment: notification.deployment,
      transport: recognized.raw.transport,
      authenticatedAt: now.toISOString(),
      attempts: 0,
      trace: [],
      ...(before === undefined ? {} : { before }),
    },
    recognized.raw.incoming.bytes,
  );
  await place.trust.remember(trust); // after the journal: a kill between them must not make the message an old one
  return conclude(
    await carryOn({ journal, record, authentic }, place, signal),
    journal,
    place,
    authentic,
  );
}

/** Takes one unfinished deployment up again, from its own copy of the notification. */
export async function resume(
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
  if (halt.postponed === undefined) await journal.remove();
  else {
    const { name, version } = halt.record.package;
    const { code, message } = halt.postponed;
    place.events.emit({ type: "postponed", name, version, code, message });
  }
  return halt;
}

/** Until the machine was switched, the world is looked at again: recalled, expired or overtaken meanwhile? */
async function takeUpAgain(
  journal: Journal,
  left: JournalRecord,
  place: Workplace,
  signal: AbortSignal,
  again?: Incoming,
): Promise<Halt> {
  if (!needsAuthentic.has(left.state)) return takeUp({ journal, record: left }, place, signal);
  try {
    const authentic = authenticateAgain(await journal.readNotification(), left, place, again);
    judgeTrigger(authentic.trigger.document, place.state.memory);
    return await takeUp({ journal, record: left, authentic }, place, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const failure: Failure = failureOf(error, "authenticate");
    if (isPassing(error) || waitsForTrust.has(failure.code))
      return { record: left, postponed: failure };
    return takeUp({ journal, record: left }, place, signal, failure);
  }
}

/** The clock or the trust document must change, not the notification. */
const waitsForTrust: ReadonlySet<string> = new Set([
  "TRUST_EXPIRED",
  "TRUST_VERSION",
  "NOT_YET_VALID",
  "SIGNATURE_TIME",
]);

function authenticateAgain(
  bytes: Uint8Array,
  left: JournalRecord,
  place: Workplace,
  again: Incoming | undefined,
): AuthenticNotification {
  const incoming: Incoming = {
    bytes,
    origin: "the journal",
    settle: () => Promise.resolve(),
    ...(again?.attachment === undefined ? {} : { attachment: again.attachment }),
  };
  const recognized = recognizeNotification({ incoming, transport: left.transport });
  if (recognized === undefined)
    throw new OutriderError("DOCUMENT_INVALID", "The journalled notification is damaged.");
  return authenticate(recognized, place.trust.at(place.clock.now()));
}

function refusalOf(
  { trigger, manifest }: AuthenticNotification,
  place: Workplace,
): OutriderError | undefined {
  try {
    judgeTrigger(trigger.document, place.state.memory);
    if (manifest !== undefined) judgeManifest(manifest.document, place.state.memory);
    return undefined;
  } catch (error) {
    if (isOutriderError(error)) return error;
    throw error;
  }
}

/** A receipt for what needs no deployment: installed already by another copy, or refused as not applicable. */
async function answerWithoutWork(
  { notification, trigger, raw }: AuthenticNotification,
  place: Workplace,
  result: "installed" | OutriderError,
): Promise<void> {
  const { name, version, manifest } = trigger.document.package;
  const before = place.state.memory.installed[name]?.version;
  await place.outbox.queue(
    {
      deployment: notification.deployment,
      notification: notification.id,
      package: { name, version, manifest },
      outcome: result === "installed" ? "installed" : "refused",
      ...(result === "installed" ? {} : { code: result.code, step: result.step }),
      transport: raw.transport,
      ...(before === undefined ? {} : { before }),
    },
    place.clock.now(),
  );
  await place.state.answer(notification.deployment);
  if (result !== "installed")
    place.events.emit({
      type: "finished",
      name,
      version,
      outcome: "refused",
      code: result.code,
      message: result.message,
    });
}

async function conclude(
  halt: Halt,
  journal: Journal,
  place: Workplace,
  authentic: AuthenticNotification,
): Promise<Reception> {
  const { record, postponed } = halt;
  const { name, version } = record.package;
  const about = { package: name, version };
  if (postponed !== undefined) {
    place.events.emit({ type: "postponed", name, version, ...postponed });
    // Until the archive is ours, an attachment must stay with its message.
    const mustComeAgain =
      record.state === "authenticated" && authentic.raw.incoming.attachment !== undefined;
    return {
      verdict: mustComeAgain ? "postponed" : "handled",
      code: postponed.code,
      detail: postponed.message,
      ...about,
    };
  }
  await journal.remove();
  const { failure } = record;
  return failure === undefined
    ? { verdict: "handled", detail: `${name} ${version} is installed.`, ...about }
    : { verdict: "handled", code: failure.code, detail: failure.message, ...about };
}
