/**
 * The signed list of what is current (catalog/1): what shares and the HTTP channel show, and the heartbeat that makes
 * silence detectable. Issued anew on every change and before it grows stale; its sequence is counted in the store.
 */
import type { ValueStore } from "../../ledger/index.ts";
import { encodeEnvelope, sealText, writeDocument } from "../../messages/index.ts";
import type { Clock, KeySource } from "../../ports/index.ts";
import type {
  Audience,
  Catalog as CatalogDocument,
  CatalogControl,
  CatalogEntry,
  Control,
} from "../../schema/index.ts";
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

/** An entry and the deployment that put it there. */
export interface ListedEntry extends CatalogEntry {
  readonly deployment: string;
  /** RFC 3339: when its notification expires, and it leaves the list. */
  readonly until: string;
}

/** An order of people, and what it is of. */
export interface ListedControl extends CatalogControl {
  readonly deployment: string;
  readonly id: string;
  readonly action: Control["action"];
  /** RFC 3339: when no agent would follow it any more, and it leaves the list. */
  readonly until: string;
}

interface Contents {
  readonly entries: readonly ListedEntry[];
  /** The latest of each deployment, oldest first. */
  readonly controls?: readonly ListedControl[];
  readonly recalled: readonly string[];
  /** Deployments whose entries are kept and not shown. */
  readonly withheld?: readonly string[];
  /** Made from these entries; gone as soon as they change. */
  readonly issued?: Issued;
}

interface Issued {
  readonly text: string;
  readonly sequence: number;
  readonly trustVersion: number;
  readonly renewAtMs: number;
}

/** A catalog and what it says. */
export interface IssuedCatalog {
  /** Envelope. */
  readonly bytes: Uint8Array;
  readonly document: CatalogDocument;
}

/** The current catalog. */
export interface Catalog {
  /** The envelope; issued anew if it changed or more than half of its life is over. */
  current(signal?: AbortSignal): Promise<Uint8Array>;
  /** For sticks: issued now, good for so long, and marked, so that it counts nowhere else (THREATS N9). */
  forSticks(validMs: number, signal?: AbortSignal): Promise<IssuedCatalog>;
  /** Lists a deployment's entries in the place of its former ones, and of those for the same package and audience. */
  list(entries: readonly ListedEntry[]): Promise<void>;
  /** Deployments that have entries. */
  listed(): Promise<string[]>;
  /** Shows an order in the place of the former one of its deployment; the same again is no change. */
  order(control: ListedControl): Promise<void>;
  /** The orders that are shown. */
  ordered(): Promise<readonly ListedControl[]>;
  /** Takes a deployment's entries off the list. */
  withdraw(deployment: string): Promise<void>;
  /** Shows no entry of these deployments, and of all others again. */
  withhold(deployments: readonly string[]): Promise<void>;
  /** Marks a manifest as recalled, for ever: no entry of it is shown. */
  recall(manifestSha256: string): Promise<void>;
  /** Was it recalled? */
  isRecalled(manifestSha256: string): Promise<boolean>;
}

const day = 24 * 3600 * 1000;
/** Most orders that a catalog shows (schema); of more the latest. */
const maxControls = 256;
/**
 * Most recalled manifests that a catalog shows (schema); of more the latest. The store keeps all: this server sends none of
 * them again, and an agent that has seen one listed keeps it.
 */
const maxRecalled = 10_000;
/**
 * The highest number that went out on a stick. What is shown elsewhere must be higher, or an agent that saw the stick
 * would take it for old. A value of its own, for another process may write it (`outrider bundle` beside `serve`).
 */
const onStick = "catalog/stick";

/** Opens the catalog that the store keeps. */
export function openCatalog(parts: CatalogParts): Catalog {
  // Changes go one after the other; another server on the same store may come between, and then it is done once more.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };
  // Entries and what was issued from them are one value: a crash cannot part them.
  const change = (edit: (contents: Contents) => Contents | undefined): Promise<void> =>
    inTurn(async () => {
      for (;;) {
        const kept = await read(parts.values);
        const { issued: _issued, ...contents } = kept.contents;
        const edited = edit(contents);
        if (edited === undefined || (await write(parts.values, kept, edited))) return;
      }
    });
  return {
    current: (signal) => inTurn(() => current(parts, signal)),
    forSticks: async (validMs, signal) => {
      const issued = await sign(
        parts,
        (await read(parts.values)).contents,
        { validMs, medium: "stick" },
        signal,
      );
      await parts.values.set(onStick, String(issued.document.sequence));
      return issued;
    },
    list: (listed) =>
      change((contents) => ({
        ...contents,
        entries: [
          ...contents.entries.filter((old) => !listed.some((entry) => replaces(entry, old))),
          ...listed,
        ],
      })),
    listed: async () => [
      ...new Set((await read(parts.values)).contents.entries.map(({ deployment }) => deployment)),
    ],
    order: (control) =>
      change((contents) => {
        const { controls = [] } = contents;
        if (controls.some(({ id }) => id === control.id)) return undefined;
        const others = controls.filter(
          ({ deployment, until }) =>
            deployment !== control.deployment && Date.parse(until) > parts.clock.now().getTime(),
        );
        return { ...contents, controls: [...others, control] };
      }),
    ordered: async () => (await read(parts.values)).contents.controls ?? [],
    withdraw: (deployment) =>
      change((contents) => ({
        ...contents,
        entries: contents.entries.filter((old) => old.deployment !== deployment),
      })),
    withhold: (deployments) =>
      // Asked at every round: what does not change is not issued anew.
      change((contents) =>
        same(contents.withheld, deployments) ? undefined : { ...contents, withheld: deployments },
      ),
    recall: (manifest) =>
      change((contents) => ({
        ...contents,
        recalled: [...new Set([...contents.recalled, manifest])],
      })),
    isRecalled: async (manifest) => (await read(parts.values)).contents.recalled.includes(manifest),
  };
}

async function current(parts: CatalogParts, signal?: AbortSignal): Promise<Uint8Array> {
  for (;;) {
    const now = parts.clock.now();
    const kept = await read(parts.values);
    const { issued } = kept.contents;
    const taken = Number((await parts.values.get(onStick)) ?? 0);
    const isGood =
      issued !== undefined &&
      now.getTime() < issued.renewAtMs &&
      issued.trustVersion === parts.trustVersion() &&
      issued.sequence > taken;
    if (isGood) return new TextEncoder().encode(issued.text);
    const bytes = await issue(parts, kept, now, signal);
    if (bytes !== undefined) return bytes;
  }
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
  return (await write(parts.values, kept, { ...kept.contents, issued })) ? bytes : undefined;
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

/** Contents, and the value that they were read from. */
interface Kept {
  readonly text: string | undefined;
  readonly contents: Contents;
}

async function read(values: ValueStore): Promise<Kept> {
  const text = await values.get("catalog");
  const contents =
    text === undefined ? { entries: [], recalled: [] } : (JSON.parse(text) as Contents);
  return { text, contents };
}

/** False, and nothing written, where another server was quicker. */
async function write(values: ValueStore, kept: Kept, contents: Contents): Promise<boolean> {
  return values.swap("catalog", kept.text, JSON.stringify(contents));
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
