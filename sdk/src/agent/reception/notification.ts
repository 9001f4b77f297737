/**
 * A notification, from its signatures to the end of its deployment (Fig. 4, steps 84–91).
 *
 * However many copies come by however many transports, they meet at the manifest's digest: a release that is in place
 * or on its way has no second effect, and a deployment that was answered is not answered again.
 */
import { isOutriderError, type OutriderError } from "../../errors/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import { isInstalled, judgeControls, judgeTrigger } from "../admission/applicability.ts";
import { authenticate, type AuthenticNotification } from "../admission/authenticate.ts";
import type { RecognizedNotification } from "../admission/recognize.ts";
import { settleHalt, takeUpAgain } from "../deployment/resumption.ts";
import { carryOn, type Halt } from "../deployment/run.ts";
import { Journal, type JournalRecord } from "../memory/journal.ts";
import type { Workplace } from "../workplace.ts";
import { answerAtOnce } from "./answer.ts";
import type { Reception } from "./verdict.ts";

/** What became of a notification that was authentic. */
export interface NotificationReception extends Reception {
  /** Which deployment it is of. */
  readonly deployment: string;
}

/** Steps 84–91 for one notification. */
export async function receiveNotification(
  recognized: RecognizedNotification,
  place: Workplace,
  signal: AbortSignal,
): Promise<NotificationReception> {
  const now = place.clock.now();
  const trust = place.trust.at(now);
  const authentic = authenticate(recognized, trust);
  const reception = await deploy(authentic, { trust, now }, place, signal);
  return { ...reception, deployment: authentic.notification.deployment };
}

/** Steps 86–91, where they are needed. */
async function deploy(
  authentic: AuthenticNotification,
  { trust, now }: { readonly trust: TrustSet; readonly now: Date },
  place: Workplace,
  signal: AbortSignal,
): Promise<Reception> {
  const { notification, raw } = authentic;
  const trigger = authentic.trigger.document;
  const { name, version, manifest } = trigger.package;

  const journal = new Journal(place.fileSystem, place.deploymentsDirectory, manifest);
  const left = await journal.read();
  if (left !== undefined && left.state !== "reported") {
    await place.trust.remember(trust);
    // The archive may have come with the copy that is here now.
    const halt = await takeUpAgain(journal, left, place, signal, raw.incoming);
    const reception = await conclude(halt, journal, place, authentic);
    if (left.deployment === notification.deployment) return reception;
    // Another order of the same release: it has its own answer, once the first has come to its end.
    if (halt.postponed !== undefined) return { ...reception, verdict: "postponed" };
  }
  const answered = await answerAtOnce(authentic, judge(authentic, place), place);
  if (answered !== undefined) {
    await place.trust.remember(trust);
    return { ...answered, package: name, version };
  }
  const record = await journal.begin(
    firstRecord(authentic, now, place.state.memory.installed[name]?.version),
    raw.incoming.bytes,
  );
  await place.trust.remember(trust); // after the journal: a kill between them must not make the message an old one
  const halt = await carryOn({ journal, record, authentic }, place, signal);
  return conclude(halt, journal, place, authentic);
}

/** Does it need work? `known`: it was answered before; `installed`: another order brought the same. */
function judge(
  { notification, trigger }: AuthenticNotification,
  { state: { memory } }: Workplace,
): "known" | "installed" | "work" | OutriderError {
  if (memory.answered.includes(notification.deployment)) return "known";
  if (isInstalled(trigger.document, memory)) return "installed";
  try {
    judgeTrigger(trigger.document, memory);
    judgeControls(notification.deployment, memory);
    return "work";
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    return error.code === "DEFERRED" ? "work" : error; // paused: it begins, and waits at its first step
  }
}

function firstRecord(
  { notification, trigger, raw }: AuthenticNotification,
  now: Date,
  before: string | undefined,
): JournalRecord {
  const { name, version, manifest } = trigger.document.package;
  return {
    format: 1,
    state: "authenticated",
    writes: 0,
    package: { name, version, manifest },
    notification: notification.id,
    deployment: notification.deployment,
    transport: raw.transport,
    authenticatedAt: now.toISOString(),
    attempts: 0,
    trace: [],
    ...(before === undefined ? {} : { before }),
  };
}

async function conclude(
  halt: Halt,
  journal: Journal,
  place: Workplace,
  { raw }: AuthenticNotification,
): Promise<Reception> {
  await settleHalt(halt, journal, place);
  const { record, postponed } = halt;
  const { name, version } = record.package;
  const about = { package: name, version };
  const why = postponed ?? record.failure;
  if (why === undefined)
    return { verdict: "handled", detail: `${name} ${version} is installed.`, ...about };
  // Until the archive is ours, what travelled with its message, or lies beside it, must be had again with that.
  const { attachment, shelf } = raw.incoming;
  const isStillTheirs =
    record.state === "authenticated" && (attachment ?? shelf?.archives) !== undefined;
  const verdict = postponed !== undefined && isStillTheirs ? "postponed" : "handled";
  return { verdict, code: why.code, detail: why.message, ...about };
}
