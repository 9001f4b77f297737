/**
 * One message, from the transport to its verdict: recognized (82), then by its kind. What is not ours is left alone
 * (83), what is forged is refused and leaves no trace (85), what may succeed later is not settled.
 */
import { isOutriderError } from "../../errors/index.ts";
import { openEnvelope } from "../../messages/index.ts";
import { recognizeMessage, type RawNotification } from "../admission/recognize.ts";
import { isPassing } from "../deployment/failure.ts";
import type { Workplace } from "../workplace.ts";
import { noteEquivocation } from "./alarm.ts";
import { readCatalog } from "./catalog.ts";
import { receiveControl } from "./controls.ts";
import { receiveNotification } from "./notification.ts";
import { followChain } from "./trust-updates.ts";
import type { Reception } from "./verdict.ts";

/** Deals with one message; settles it unless it must come again. */
export async function receive(
  raw: RawNotification,
  place: Workplace,
  signal: AbortSignal,
): Promise<Reception> {
  const reception = await judge(raw, place, signal);
  if (reception.verdict === "ignored")
    place.events.emit({ type: "ignored", transport: raw.transport, reason: reception.detail });
  if (reception.verdict === "refused")
    place.events.emit({
      type: "refused",
      transport: raw.transport,
      code: reception.code ?? "",
      message: reception.detail,
    });
  place.logger.log(reception.verdict === "refused" ? "warn" : "info", reception.detail, {
    transport: raw.transport,
    verdict: reception.verdict,
    ...(reception.code === undefined ? {} : { code: reception.code }),
    // Of several servers and mailboxes, which: a stranger's on the same network is no reason to look for a fault.
    ...(reception.verdict === "refused" ? { origin: raw.incoming.origin } : {}),
  });
  if (reception.verdict !== "postponed") await settle(raw, reception.verdict, place);
  return reception;
}

/** A transport that cannot mark its message brings it again, and then it has no second effect. */
async function settle(
  { incoming, transport }: RawNotification,
  verdict: "handled" | "ignored" | "refused",
  place: Workplace,
): Promise<void> {
  try {
    await incoming.settle(verdict);
  } catch (error) {
    place.logger.log("warn", `A message could not be settled: ${String(error)}`, { transport });
  }
}

async function judge(
  raw: RawNotification,
  place: Workplace,
  signal: AbortSignal,
): Promise<Reception> {
  try {
    const message = recognizeMessage(raw);
    if (message === undefined)
      return { verdict: "ignored", detail: `A message from ${raw.incoming.origin} is not ours.` };
    // Before the message is judged: its key may be one that only they know, or one that they revoke.
    await followChain(raw.incoming.trust ?? [], place);
    if (message.kind === "notification/1")
      return await receiveNotification(message.notification, place, signal);
    if (message.kind === "catalog/1") return await readCatalog(message.message, raw, place, signal);
    if (message.kind === "trust/1") {
      const now = place.clock.now();
      const { version } = (await place.trust.update(openEnvelope(message.message), now)).document;
      place.events.emit({ type: "trustUpdated", version });
      return { verdict: "handled", detail: `Trust is now at version ${version}.` };
    }
    return await receiveControl(openEnvelope(message.message, "control"), place);
  } catch (error) {
    if (signal.aborted) throw error;
    await noteEquivocation(error, raw, place);
    const reception = receptionOf(error);
    // With the clock before our own trust document nothing can be judged: then nothing is refused for good.
    const blind = reception.verdict === "refused" && place.trust.isAheadOf(place.clock.now());
    return blind ? { ...reception, verdict: "postponed" } : reception;
  }
}

/** Authentic, but the clock or the trust document must change first: the message must come again then. */
const waits: ReadonlySet<string> = new Set(["NOT_YET_VALID", "TRUST_EXPIRED"]);

function receptionOf(error: unknown): Reception {
  const detail = error instanceof Error ? error.message : String(error);
  if (!isOutriderError(error))
    return isPassing(error)
      ? { verdict: "postponed", code: "FILE_UNREADABLE", detail }
      : { verdict: "refused", code: "DOCUMENT_INVALID", detail };
  const { code } = error;
  if (code === "NOT_FOR_US") return { verdict: "ignored", code, detail };
  const mayComeAgain = isPassing(error) || waits.has(code);
  return { verdict: mayComeAgain ? "postponed" : "refused", code, detail };
}
