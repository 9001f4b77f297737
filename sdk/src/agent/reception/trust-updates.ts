/**
 * Later trust documents, one version after the other (TUF 5.3.3–5.3.9): from the shelf beside a catalog, or out of the
 * message that they came along with. Each is verified by the one before; the first that is refused ends the walk.
 */
import { openEnvelope, readSealedDocument, recognize } from "../../messages/index.ts";
import type { Shelf } from "../../transport/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import type { Workplace } from "../workplace.ts";

/** Most versions that are taken at once (DESIGN 5). */
const maxTrustUpdates = 256;

/** Walks N → N + 1 as far as the shelf goes. @returns the new trust, or `undefined` where there is none */
export async function followShelf(
  shelf: Shelf,
  upTo: number,
  place: Workplace,
  signal: AbortSignal,
): Promise<TrustSet | undefined> {
  let updated: TrustSet | undefined;
  for (let count = 0; count < maxTrustUpdates; count++) {
    const version = versionHere(place) + 1;
    if (version > upTo) break;
    try {
      const next = await take(await shelf.trust(version, { signal }), place);
      if (next === undefined) break;
      updated = next;
    } catch (error) {
      if (signal.aborted) throw error;
      noteEnd(error, place);
      break;
    }
  }
  return updated;
}

/** Takes what is news of what came along; who wrote the message is nothing to it. */
export async function followChain(chain: readonly Uint8Array[], place: Workplace): Promise<void> {
  for (const envelope of chain)
    try {
      await take(envelope, place);
    } catch (error) {
      noteEnd(error, place);
      return;
    }
}

/** @returns `undefined` where it is not the next version @throws those of TrustSet.update */
async function take(envelope: Uint8Array, place: Workplace): Promise<TrustSet | undefined> {
  const message = recognize(envelope, "trust/1");
  if (message === undefined) return undefined;
  const sealed = openEnvelope(message, "a later trust document");
  const { version } = readSealedDocument(sealed);
  if (version !== versionHere(place) + 1) return undefined;
  const trust = await place.trust.update(sealed, place.clock.now());
  place.events.emit({ type: "trustUpdated", version });
  return trust;
}

function versionHere(place: Workplace): number {
  return place.trust.at(place.clock.now()).document.version;
}

function noteEnd(error: unknown, { logger }: Workplace): void {
  logger.log("debug", `No later trust document was taken: ${String(error)}`);
}
