/**
 * What the catalog lists, as the store keeps it: entries and what was issued from them are one value, so a crash cannot
 * part them; it is swapped as a whole, so what two servers change at once is both there.
 */
import type { ValueStore } from "../../ledger/index.ts";
import type { CatalogControl, CatalogEntry, Control } from "../../schema/index.ts";

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

/** What is listed. */
export interface Contents {
  readonly entries: readonly ListedEntry[];
  /** The latest of each deployment, oldest first. */
  readonly controls?: readonly ListedControl[];
  readonly recalled: readonly string[];
  /** Deployments whose entries are kept and not shown. */
  readonly withheld?: readonly string[];
  /** Made from these entries; gone as soon as they change. */
  readonly issued?: Issued;
}

/** A catalog that was signed, and until when it is shown. */
export interface Issued {
  readonly text: string;
  readonly sequence: number;
  readonly trustVersion: number;
  readonly renewAtMs: number;
}

/** Contents, and the value that they were read from. */
export interface Kept {
  readonly text: string | undefined;
  readonly contents: Contents;
}

/** Reads them; of a new store, empty ones. */
export async function readContents(values: Pick<ValueStore, "get">): Promise<Kept> {
  const text = await values.get("catalog");
  const contents =
    text === undefined ? { entries: [], recalled: [] } : (JSON.parse(text) as Contents);
  return { text, contents };
}

/** Was a release taken back by an order that this server obeyed? */
export async function isRecalled(
  values: Pick<ValueStore, "get">,
  manifestSha256: string,
): Promise<boolean> {
  return (await readContents(values)).contents.recalled.includes(manifestSha256);
}

/** False, and nothing written, where another server was quicker. */
export async function swapContents(
  values: ValueStore,
  kept: Kept,
  contents: Contents,
): Promise<boolean> {
  return values.swap("catalog", kept.text, JSON.stringify(contents));
}
