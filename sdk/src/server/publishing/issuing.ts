/**
 * Signs catalogs: anew on every change, and before the one that is shown grows stale. Their sequence is counted in the
 * store, and what is shown is always newer than what went out on a stick.
 */
import type { ValueStore } from "../../ledger/index.ts";
import { encodeEnvelope, sealText, writeDocument } from "../../messages/index.ts";
import type { Clock, KeySource } from "../../ports/index.ts";
import type { Catalog as CatalogDocument, CatalogEntry } from "../../schema/index.ts";
import { clockSkewMs } from "../../signing/index.ts";
import {
  readContents,
  swapContents,
  type Contents,
  type Issued,
  type Kept,
  type ListedEntry,
} from "./contents.ts";
import { nextSequence } from "./sequence.ts";

/** What a catalog is made with. */
export interface CatalogParts {
  readonly key: KeySource;
  readonly values: ValueStore;
  readonly clock: Clock;
  trustVersion(): number;
  /** How long a catalog is fresh, milliseconds. Default a day. */
  readonly validMs?: number;
}

/** A catalog and what it says. */
export interface IssuedCatalog {
  /** Envelope. */
  readonly bytes: Uint8Array;
  readonly document: CatalogDocument;
}

const day = 24 * 3600 * 1000;
/** Most orders that a catalog shows (schema); of more the latest. */
const maxControls = 256;
/**
 * Most recalled manifests that a catalog shows (schema); of more the latest. The store keeps all: this server sends
 * none of them again, and an agent that has seen one listed keeps it.
 */
const maxRecalled = 10_000;
/**
 * The highest number that went out on a stick. What is shown elsewhere must be higher, or an agent that saw the stick
 * would take it for old. A value of its own, for another process may write it (`outrider bundle` beside `serve`).
 */
const onStick = "catalog/stick";

/**
 * The envelope of what is shown; issued anew if it changed, if more than half of its life is over, or if it is of the
 * future: then the clock was ahead, and every agent refuses it until that time has come.
 */
export async function currentCatalog(
  parts: CatalogParts,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { validMs = day } = parts;
  for (;;) {
    const now = parts.clock.now();
    const kept = await readContents(parts.values);
    const { issued } = kept.contents;
    const taken = Number((await parts.values.get(onStick)) ?? 0);
    const isGood =
      issued !== undefined &&
      now.getTime() < issued.renewAtMs &&
      now.getTime() >= issued.renewAtMs - validMs / 2 - clockSkewMs &&
      issued.trustVersion === parts.trustVersion() &&
      issued.sequence > taken;
    if (isGood) return new TextEncoder().encode(issued.text);
    const bytes = await issue(parts, kept, now, signal);
    if (bytes !== undefined) return bytes;
  }
}

/** Issued now, good for so long, and marked, so that it counts nowhere else (THREATS N9). */
export async function catalogForSticks(
  parts: CatalogParts,
  validMs: number,
  signal?: AbortSignal,
): Promise<IssuedCatalog> {
  const { contents } = await readContents(parts.values);
  const issued = await sign(parts, contents, { validMs, medium: "stick" }, signal);
  await parts.values.set(onStick, String(issued.document.sequence));
  return issued;
}

/** Nothing where the contents changed meanwhile: what was signed then is shown to nobody. */
async function issue(
  parts: CatalogParts,
  kept: Kept,
  now: Date,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const validMs = parts.validMs ?? day;
  const { bytes, document } = await sign(parts, kept.contents, { validMs }, signal);
  const issued: Issued = {
    text: new TextDecoder().decode(bytes),
    sequence: document.sequence,
    trustVersion: document.trustVersion,
    renewAtMs: now.getTime() + validMs / 2,
  };
  return (await swapContents(parts.values, kept, { ...kept.contents, issued })) ? bytes : undefined;
}

async function sign(
  parts: CatalogParts,
  { entries, recalled, withheld = [], controls = [] }: Contents,
  { validMs, medium }: { readonly validMs: number; readonly medium?: "stick" },
  signal?: AbortSignal,
): Promise<IssuedCatalog> {
  const now = parts.clock.now();
  const isPast = (until: string): boolean => Date.parse(until) <= now.getTime();
  const orders = controls.filter(({ until }) => !isPast(until)).slice(-maxControls);
  const document: CatalogDocument = {
    type: "catalog/1",
    sequence: await nextSequence("catalog", parts.key, parts.values),
    issuedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + validMs).toISOString(),
    ...(medium === undefined ? {} : { medium }),
    trustVersion: parts.trustVersion(),
    current: entries
      .filter(
        ({ until, deployment, manifest }) =>
          !isPast(until) && !withheld.includes(deployment) && !recalled.includes(manifest),
      )
      .map(bare),
    recalled: recalled.slice(-maxRecalled),
    ...(orders.length === 0
      ? {}
      : { controls: orders.map(({ audience, control }) => ({ audience, control })) }),
  };
  const text = writeDocument(document);
  const signature = await parts.key.sign(
    new TextEncoder().encode(text),
    signal === undefined ? {} : { signal },
  );
  return { bytes: encodeEnvelope(sealText("catalog/1", text, [signature])), document };
}

function bare({ deployment: _deployment, until: _until, ...entry }: ListedEntry): CatalogEntry {
  return entry;
}
