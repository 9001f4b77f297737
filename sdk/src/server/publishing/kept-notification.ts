/**
 * Notifications that were signed, kept as they are: after a crash the same bytes go out again, and whoever fetches one
 * by its digest gets them too.
 */
import type { ValueStore } from "../../ledger/index.ts";
import { sha256Hex } from "../../signing/index.ts";

/** Keeps the envelope. Another worker may have been quicker: the first one kept is returned, and goes out. */
export async function keepNotification(
  id: string,
  envelope: Uint8Array,
  values: ValueStore,
): Promise<Uint8Array> {
  const kept = bytesOf(await values.keep(nameOf(id), new TextDecoder().decode(envelope)));
  await values.set(byDigest(sha256Hex(kept)), id);
  return kept;
}

/** Finds it again. */
export async function findNotification(
  id: string,
  values: Pick<ValueStore, "get">,
): Promise<Uint8Array | undefined> {
  const text = await values.get(nameOf(id));
  return text === undefined ? undefined : bytesOf(text);
}

/** The one with this digest, for whoever fetches it by name. */
export async function findNotificationByDigest(
  sha256: string,
  values: Pick<ValueStore, "get">,
): Promise<Uint8Array | undefined> {
  const id = await values.get(byDigest(sha256));
  return id === undefined ? undefined : findNotification(id, values);
}

function nameOf(id: string): string {
  return `notification/${id}`;
}

function byDigest(sha256: string): string {
  return `envelope/${sha256}`;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
