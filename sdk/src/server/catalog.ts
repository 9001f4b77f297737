/**
 * The signed list of what is current (catalog/1): what shares and the HTTP channel show, and the heartbeat that makes
 * silence detectable. Issued anew on every change and before it grows stale; its sequence is counted in the store.
 */
import { encodeEnvelope, sealText, writeDocument } from "../messages/index.ts";
import type { Clock, KeySource } from "../ports/index.ts";
import type { Audience, CatalogEntry } from "../schema/index.ts";
import { sequenceName } from "./notify.ts";
import type { ValueStore } from "./store.ts";

/** What a catalog is made with. */
export interface CatalogParts {
  readonly key: KeySource;
  readonly values: ValueStore;
  readonly clock: Clock;
  trustVersion(): number;
  /** How long a catalog is fresh, milliseconds. Default a day. */
  readonly validMs?: number;
}

/** An entry and the deployment that put it there. */
export interface ListedEntry extends CatalogEntry {
  readonly deployment: string;
  /** RFC 3339: when its notification expires, and it leaves the list. */
  readonly until: string;
}

interface Contents {
  readonly entries: readonly ListedEntry[];
  readonly recalled: readonly string[];
}

/** The current catalog. */
export interface Catalog {
  /** The envelope; issued anew if it changed or more than half of its life is over. */
  current(signal?: AbortSignal): Promise<Uint8Array>;
  /** Lists a deployment's entries in the place of its former ones, and of those for the same package and audience. */
  list(entries: readonly ListedEntry[]): Promise<void>;
  /** Takes a deployment's entries off the list. */
  withdraw(deployment: string): Promise<void>;
  /** Marks a manifest as recalled, for ever. */
  recall(manifestSha256: string): Promise<void>;
  /** Was it recalled? */
  isRecalled(manifestSha256: string): Promise<boolean>;
}

const day = 24 * 3600 * 1000;

/** Opens the catalog that the store keeps. */
export function openCatalog(parts: CatalogParts): Catalog {
  // Changes go one after the other, or one would overwrite what another just listed.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };
  const change = (edit: (contents: Contents) => Contents): Promise<void> =>
    inTurn(async () => {
      await parts.values.set("catalog/contents", JSON.stringify(edit(await read(parts.values))));
      await parts.values.set("catalog/issued", "");
    });
  return {
    current: (signal) => inTurn(() => current(parts, signal)),
    list: (listed) =>
      change(({ entries, recalled }) => ({
        entries: [
          ...entries.filter((old) => !listed.some((entry) => replaces(entry, old))),
          ...listed,
        ],
        recalled,
      })),
    withdraw: (deployment) =>
      change(({ entries, recalled }) => ({
        entries: entries.filter((old) => old.deployment !== deployment),
        recalled,
      })),
    recall: (manifest) =>
      change(({ entries, recalled }) => ({
        entries: entries.filter((old) => old.manifest !== manifest),
        recalled: [...new Set([...recalled, manifest])],
      })),
    isRecalled: async (manifest) => (await read(parts.values)).recalled.includes(manifest),
  };
}

interface Issued {
  readonly text: string;
  readonly renewAtMs: number;
}

async function current(parts: CatalogParts, signal?: AbortSignal): Promise<Uint8Array> {
  const now = parts.clock.now();
  const issued = (await parts.values.get("catalog/issued")) ?? "";
  if (issued !== "") {
    const { text, renewAtMs } = JSON.parse(issued) as Issued;
    if (now.getTime() < renewAtMs) return new TextEncoder().encode(text);
  }
  return issue(parts, now, signal);
}

async function issue(parts: CatalogParts, now: Date, signal?: AbortSignal): Promise<Uint8Array> {
  const { entries, recalled } = await read(parts.values);
  const validMs = parts.validMs ?? day;
  const text = writeDocument({
    type: "catalog/1",
    sequence: await parts.values.count(sequenceName("catalog", parts.key)),
    issuedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + validMs).toISOString(),
    trustVersion: parts.trustVersion(),
    current: entries.filter((entry) => Date.parse(entry.until) > now.getTime()).map(bare),
    recalled: [...recalled],
  });
  const signature = await parts.key.sign(
    new TextEncoder().encode(text),
    signal === undefined ? {} : { signal },
  );
  const bytes = encodeEnvelope(sealText("catalog/1", text, [signature]));
  const issued: Issued = {
    text: new TextDecoder().decode(bytes),
    renewAtMs: now.getTime() + validMs / 2,
  };
  await parts.values.set("catalog/issued", JSON.stringify(issued));
  return bytes;
}

async function read(values: ValueStore): Promise<Contents> {
  const text = await values.get("catalog/contents");
  return text === undefined ? { entries: [], recalled: [] } : (JSON.parse(text) as Contents);
}

function bare({ deployment: _deployment, until: _until, ...entry }: ListedEntry): CatalogEntry {
  return entry;
}

function replaces(entry: ListedEntry, old: ListedEntry): boolean {
  return (
    old.name === entry.name &&
    (old.deployment === entry.deployment || sameAudience(old.audience, entry.audience))
  );
}

function sameAudience(one: Audience, other: Audience): boolean {
  return same(one.groups, other.groups) && same(one.agents, other.agents);
}

function same(one: readonly string[] = [], other: readonly string[] = []): boolean {
  const names = new Set(one);
  return one.length === other.length && other.every((name) => names.has(name));
}
