/**
 * The trust documents that agents may lack: an agent that pinned an early version gets every later one, one at a time,
 * from the same place as the catalog that told it of them (TUF 5.3; DESIGN 5). Each proves itself to the one before.
 */
import { encodeEnvelope, type SealedDocument } from "../../messages/index.ts";
import type { TrustSet } from "../../trust/index.ts";

/** A trust document on the shelf. */
export interface ShelvedTrust {
  readonly version: number;
  /** `trust/1` envelope. */
  readonly envelope: Uint8Array;
}

/** Trust documents by version. */
export interface TrustShelf {
  /** All, by version; the one in force is the last. */
  list(): readonly ShelvedTrust[];
  /** Puts one there, in any order. */
  put(sealed: SealedDocument<"trust/1">): void;
  find(version: number): ShelvedTrust | undefined;
}

/**
 * @param trust the one in force; what it is updated to is on the shelf at once.
 * @param earlier those before it, in any order.
 */
export function trustShelf(
  trust: TrustSet,
  earlier: readonly SealedDocument<"trust/1">[],
): TrustShelf {
  const shelved = new Map(earlier.map((sealed) => [versionIn(sealed), encodeEnvelope(sealed)]));
  const list = (): ShelvedTrust[] => {
    shelved.set(trust.document.version, encodeEnvelope(trust.sealed));
    return [...shelved]
      .map(([version, envelope]) => ({ version, envelope }))
      .toSorted((left, right) => left.version - right.version);
  };
  const put = (sealed: SealedDocument<"trust/1">): void =>
    void shelved.set(versionIn(sealed), encodeEnvelope(sealed));
  return { list, put, find: (wanted) => list().find(({ version }) => version === wanted) };
}

/** What a message may carry of them: many versions, or the one largest. */
const maxCarriedBytes = 512_000;

/**
 * What a carrier takes along that has no shelf beside its messages (mail): all but the first, which every agent was
 * made with, so far back as they fit. Whoever has one of them is led to the last.
 */
export function carriedTrust(shelf: Pick<TrustShelf, "list">): Uint8Array[] {
  const carried: Uint8Array[] = [];
  let left = maxCarriedBytes;
  for (const { version, envelope } of shelf.list().toReversed()) {
    left -= envelope.length;
    if (version === 1 || left < 0) break;
    carried.unshift(envelope);
  }
  return carried;
}

/** Its place on the shelf; whoever takes it from there verifies it. */
function versionIn({ text }: SealedDocument<"trust/1">): number {
  return Number(/"version"\s*:\s*(\d+)/.exec(text)?.[1] ?? 0);
}
