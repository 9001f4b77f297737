/**
 * The signed list of what is current (catalog/1): what shares and the HTTP channel show, and the heartbeat that makes
 * silence detectable. Whatever changes it is one edit of its contents; the next who asks has it signed anew.
 */
import type { Audience } from "../../schema/index.ts";
import {
  isRecalled,
  readContents,
  swapContents,
  type Contents,
  type ListedControl,
  type ListedEntry,
} from "./contents.ts";
import {
  catalogForSticks,
  currentCatalog,
  type CatalogParts,
  type IssuedCatalog,
} from "./issuing.ts";

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

/** Opens the catalog that the store keeps. */
export function openCatalog(parts: CatalogParts): Catalog {
  // Changes go one after the other; another server on the same store may come between, and then it is done once more.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };
  const change = (edit: (contents: Contents) => Contents | undefined): Promise<void> =>
    inTurn(async () => {
      for (;;) {
        const kept = await readContents(parts.values);
        const { issued: _issued, ...contents } = kept.contents;
        const edited = edit(contents);
        if (edited === undefined || (await swapContents(parts.values, kept, edited))) return;
      }
    });
  return {
    current: (signal) => inTurn(() => currentCatalog(parts, signal)),
    forSticks: async (validMs, signal) => catalogForSticks(parts, validMs, signal),
    list: (listed) =>
      change((contents) => ({
        ...contents,
        entries: [
          ...contents.entries.filter((old) => !listed.some((entry) => replaces(entry, old))),
          ...listed,
        ],
      })),
    listed: async () => [
      ...new Set(
        (await readContents(parts.values)).contents.entries.map(({ deployment }) => deployment),
      ),
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
    ordered: async () => (await readContents(parts.values)).contents.controls ?? [],
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
    isRecalled: (manifest) => isRecalled(parts.values, manifest),
  };
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
