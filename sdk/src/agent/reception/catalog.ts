/**
 * A catalog shows what is current (shares, the local network, HTTP): examine it, compare it with what is installed, and
 * read the notifications of what is new from the same shelf (patent: UNC and opportunistic agents). The notification
 * decides; the catalog only says where to look, what was recalled, what people ordered since, and that the server is
 * alive.
 */
import { isOutriderError } from "../../errors/index.ts";
import { openEnvelope, type Recognized, type SealedDocument } from "../../messages/index.ts";
import type { CatalogEntry } from "../../schema/index.ts";
import type { Incoming, Shelf } from "../../transport/index.ts";
import type { TrustSet, VerifiedCatalog } from "../../trust/index.ts";
import { recognizeNotification, type RawNotification } from "../admission/recognize.ts";
import type { Workplace } from "../workplace.ts";
import { noteEquivocation } from "./alarm.ts";
import { receiveControl } from "./controls.ts";
import { receiveNotification } from "./notification.ts";
import { followShelf } from "./trust-updates.ts";
import type { Reception } from "./verdict.ts";

/** Examines a catalog and receives what it newly shows. */
export async function readCatalog(
  message: Recognized<"catalog/1">,
  raw: RawNotification,
  place: Workplace,
  signal: AbortSignal,
): Promise<Reception> {
  const { shelf } = raw.incoming;
  let trust = place.trust.at(place.clock.now());
  let catalog: VerifiedCatalog;
  try {
    catalog = verifyCatalog(message, trust, raw);
  } catch (error) {
    // The catalog's key may be one that only the next trust document knows.
    const newer =
      shelf === undefined
        ? undefined
        : await followShelf(shelf, Number.MAX_SAFE_INTEGER, place, signal);
    if (newer === undefined) {
      await noteStale(error, trust, raw, place);
      throw error;
    }
    trust = newer;
    catalog = verifyCatalog(message, trust, raw);
  }
  await place.trust.remember(trust);
  if (shelf === undefined)
    return { verdict: "handled", detail: "A catalog came without a shelf to read from." };
  if (catalog.newerTrust !== undefined) await followShelf(shelf, catalog.newerTrust, place, signal);

  // Before the entries: what was halted is not begun.
  for (const control of catalog.controls) await obey(control, raw, place);
  const details: string[] = [];
  let postponed: Reception | undefined;
  for (const entry of catalog.current) {
    if (!isNews(entry, place)) continue;
    const reception = await receiveShelved(entry, shelf, raw, place, signal);
    details.push(reception.detail);
    if (reception.verdict === "postponed") postponed = reception;
  }
  if (postponed !== undefined) return postponed;
  return {
    verdict: "handled",
    detail: details.length === 0 ? "The catalog shows nothing new." : details.join(" "),
  };
}

function verifyCatalog(
  message: Recognized<"catalog/1">,
  trust: TrustSet,
  raw: RawNotification,
): VerifiedCatalog {
  const transport = raw.incoming.medium ?? raw.transport;
  return trust.verifyCatalog(openEnvelope(message, "catalog"), { transport });
}

/**
 * News is what has had no answer here. A release that is in place already may be shown for another deployment, which
 * waits for its own answer; older versions count, for their trigger may allow it.
 */
function isNews({ notification }: CatalogEntry, { state: { memory } }: Workplace): boolean {
  return !memory.settledNotifications.includes(notification);
}

/**
 * A control is verified like one that came alone: a server that shows a forged one is found out, and the rest counts.
 */
async function obey(
  control: SealedDocument<"control/1">,
  { transport }: RawNotification,
  place: Workplace,
): Promise<void> {
  try {
    await receiveControl(control, place);
  } catch (error) {
    if (!isOutriderError(error) || error.retryable) throw error;
    const { code, message } = error;
    place.events.emit({ type: "refused", transport, code, message });
  }
}

async function receiveShelved(
  entry: CatalogEntry,
  shelf: Shelf,
  raw: RawNotification,
  place: Workplace,
  signal: AbortSignal,
): Promise<Reception> {
  const bytes = await shelf.notification(entry.notification, { signal });
  const incoming: Incoming = {
    bytes,
    origin: raw.incoming.origin,
    shelf,
    settle: () => Promise.resolve(),
  };
  const recognized = recognizeNotification({ incoming, transport: raw.transport });
  if (recognized === undefined)
    return {
      verdict: "ignored",
      detail: `What the catalog shows of ${entry.name} is no notification.`,
    };
  try {
    const reception = await receiveNotification(recognized, place, signal);
    const { answered } = place.state.memory;
    // What waits is looked at again, also because its archive may be within reach next time.
    if (reception.verdict === "refused" || answered.includes(reception.deployment))
      await place.state.settle(entry.notification);
    return reception;
  } catch (error) {
    if (signal.aborted || !isOutriderError(error) || error.retryable) throw error;
    await noteEquivocation(error, recognized.raw, place);
    await place.state.settle(entry.notification);
    const { code, message } = error;
    place.events.emit({ type: "refused", transport: raw.transport, code, message });
    return {
      verdict: "refused",
      code,
      detail: message,
      package: entry.name,
      version: entry.version,
    };
  }
}

/** Past its expiry news may be held back: said aloud, and what it recalls counts all the same (THREATS N9). */
async function noteStale(
  error: unknown,
  trust: TrustSet,
  raw: RawNotification,
  place: Workplace,
): Promise<void> {
  if (!isOutriderError(error) || error.code !== "STALE") return;
  place.events.emit({ type: "stale", transport: raw.transport });
  await place.trust.remember(trust);
}
