/**
 * Which way to the archive (Fig. 4, 86 and 87): attached, the Internet, the share, or asking for it by mail. One pure
 * decision over what the server signed, what this machine is equipped for, what answered just now and what the site
 * wants.
 */
import type { Archive, Source } from "../../schema/index.ts";
import type { Attachment, Obtainer, Reach, WebFolder } from "../../transport/index.ts";

/** A kind of source, as in a notification. */
export type SourceKind = Source["kind"];

/** What the site wants; it can only leave ways out or put them in another order. */
export interface SourcePolicy {
  /** Kinds in this order; the others follow in the server's. */
  readonly order?: readonly SourceKind[];
  /** Kinds that are never used here. */
  readonly forbidden?: readonly SourceKind[];
  /** Kinds that cost by the byte: used where no other way answers. */
  readonly metered?: readonly SourceKind[];
}

/** One way to an archive. */
export interface Way {
  readonly source: Source;
  readonly obtainer: Obtainer;
  /** Beside the catalog that told of it, on the same web server. */
  readonly beside?: WebFolder;
  /** Its URL, or its kind where it has none: two mirrors on one host are two ways. */
  readonly place: string;
  /** For people and the receipt: kind and host, no paths. */
  readonly name: string;
}

/** One try. */
export interface Attempt extends Way {
  readonly archive: Archive;
}

/** What may be tried, in order, and why. */
export interface SourceDecision {
  readonly attempts: readonly Attempt[];
  /** For people and the receipt. */
  readonly trace: readonly string[];
}

/** What this machine has. */
export interface Equipment {
  readonly obtainers: readonly Obtainer[];
  /** What travelled along with the message. */
  readonly attachment?: Attachment;
  /** Where the message itself was found, if archives may lie beside it. */
  readonly beside?: WebFolder | "share";
  /** Manifest of what is installed, if a patch can build on it. */
  readonly installed?: string;
  readonly policy?: SourcePolicy;
}

/** The ways that are open at all, and why others are not. Pure. */
export function waysTo(
  sources: readonly Source[],
  { obtainers, attachment, beside, policy }: Equipment,
): { readonly ways: readonly Way[]; readonly trace: readonly string[] } {
  const trace: string[] = [];
  const near = nearSources(sources, beside);
  const others = sources.filter(
    (source) => !near.some((other) => placeOf(other) === placeOf(source)),
  );
  const ways = [...near, ...others].flatMap((source, at): Way[] => {
    const isNear = at < near.length;
    const name = isNear ? `${source.kind} beside the catalog` : nameOf(source);
    const obtainer = obtainers.find((each) => each.name === source.kind);
    if (policy?.forbidden?.includes(source.kind) === true) trace.push(`${name}: forbidden here`);
    else if (source.kind === "attached" && attachment === undefined)
      trace.push("attached: nothing came along");
    else if (obtainer === undefined) {
      if (!isNear) trace.push(`${name}: not equipped for it`);
    } else {
      const way = { source, obtainer, place: placeOf(source), name };
      return [isNear && typeof beside === "object" ? { ...way, beside } : way];
    }
    return [];
  });
  return { ways, trace };
}

/**
 * A copy of the tree has its archives beside the catalog, whatever the notification names (ADR 0012). Where the server
 * names the share itself, it has a say in the order.
 */
function nearSources(sources: readonly Source[], beside: Equipment["beside"]): Source[] {
  if (beside === undefined) return [];
  if (beside !== "share") return [{ kind: "http", url: beside.url }];
  return sources.some(({ kind }) => kind === "unc") ? [] : [{ kind: "unc" }];
}

/**
 * What is here already comes first; then what answers and costs nothing, what answers and is metered, what did not
 * answer, and last a request by mail. Among equals the site's order holds, then the server's; of several archives the
 * smallest.
 *
 * @param reach what each place answered when it was probed; one that was not counts as one that answers.
 */
export function decideSources(
  offer: { readonly archives: readonly Archive[]; readonly sources: readonly Source[] },
  equipment: Equipment,
  reach: ReadonlyMap<string, Reach> = new Map(),
): SourceDecision {
  const { ways, trace } = waysTo(offer.sources, equipment);
  const { order = [], metered = [] } = equipment.policy ?? {};
  const rank = ({ source: { kind }, place }: Way): number => {
    const answer = reach.get(place) ?? (kind === "attached" ? "here" : "reachable");
    if (answer === "here") return 0;
    if (kind === "email") return 4;
    if (answer === "unreachable") return 3;
    return metered.includes(kind) ? 2 : 1;
  };
  const liking = ({ source: { kind } }: Way): number => {
    const at = order.indexOf(kind);
    return at === -1 ? order.length : at;
  };
  const sorted = ways.toSorted((a, b) => rank(a) - rank(b) || liking(a) - liking(b));
  const archives = usable(offer.archives, equipment.installed);
  return {
    attempts: sorted.flatMap((way) =>
      archives
        .filter((archive) => carries(way, archive, offer.archives, equipment.attachment))
        .map((archive) => ({ ...way, archive })),
    ),
    trace: [...trace, ...sorted.flatMap((way) => remarkOn(way, rank(way)))],
  };
}

/** Archives that this machine can use, the smallest first: the full ones, and patches of what is installed. */
function usable(archives: readonly Archive[], installed: string | undefined): Archive[] {
  return archives
    .filter(({ base }) => base === undefined || base === installed)
    .toSorted((left, right) => left.size - right.size);
}

/**
 * Parts by mail are of one archive, and so is what came along; what is of no offered length is held to the full one.
 */
function carries(
  { source }: Way,
  archive: Archive,
  offered: readonly Archive[],
  attachment: Attachment | undefined,
): boolean {
  if (source.kind === "email") return source.archive === archive.sha256;
  if (source.kind !== "attached") return true;
  const alike = offered.filter(({ size }) => size === attachment?.size);
  return alike.length === 0 ? archive.base === undefined : alike.includes(archive);
}

function remarkOn({ name }: Way, rank: number): string[] {
  if (rank === 2) return [`${name}: metered, put off`];
  return rank === 3 ? [`${name}: does not answer, put off`] : [];
}

function placeOf(source: Source): string {
  return source.kind === "http" ? source.url : source.kind;
}

/** Kind, and for the Internet the host: mirrors are told apart. */
function nameOf(source: Source): string {
  if (source.kind !== "http") return source.kind;
  return `http ${URL.parse(source.url)?.host ?? ""}`.trim();
}
