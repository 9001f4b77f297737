/**
 * Who of a job may be written to now: what the transport bears, and each destination, counted over all that is sent.
 * Pure: the store holds the buckets meanwhile (`limits.ts`), so that senders who ask in the same moment share what
 * there is.
 *
 * Recipients of one destination go together, so it gets as few messages as can be. One whose bucket is empty waits; it
 * keeps nobody else waiting.
 */
import type { Drawn, Fill } from "../../ledger/index.ts";
import {
  costOf,
  destinationOf,
  enoughAt,
  fullAfter,
  limitsIn,
  recipientsPerMessageOf,
  type Limit,
  type Load,
  type Pace,
} from "./pace.ts";

/** Somebody who is written to. */
export interface Addressed {
  readonly address: string;
  /** Whose archive is encrypted goes apart from the others. */
  readonly encryptionKey?: string;
}

/** Recipients of one destination. */
export interface Lot<Recipient> {
  readonly destination: string;
  readonly recipients: readonly Recipient[];
  readonly limits: readonly NamedLimit[];
}

/** A limit, and its bucket's name in the store. */
export interface NamedLimit extends Limit {
  readonly bucket: string;
}

/** What is asked for. */
export interface AdmissionRequest<Recipient> {
  readonly lots: readonly Lot<Recipient>[];
  /** The transport's own. */
  readonly limits: readonly NamedLimit[];
  readonly pace: Pace;
  /** Messages that each recipient gets. */
  readonly different: number;
  readonly nowMs: number;
}

/** What came of it. */
export interface Admission<Recipient> {
  readonly admitted: readonly Recipient[];
  readonly waiting: readonly Wait<Recipient>[];
  /** When the transport itself bears it; then nobody was admitted. */
  readonly restsUntilMs?: number;
}

/** A lot that waits. */
export interface Wait<Recipient> extends Lot<Recipient> {
  /** When there is enough for it, if nobody takes it before. */
  readonly startMs: number;
  /** How long its bucket takes to refill what it costs, milliseconds. */
  readonly costMs: number;
}

/** The limits of a transport, or of one of its destinations. */
export function namedLimits(transport: string, pace: Pace, destination?: string): NamedLimit[] {
  const rate =
    destination === undefined ? pace : (pace.destinations?.[destination] ?? pace.perDestination);
  const place = destination === undefined ? transport : `${transport}@${destination}`;
  return limitsIn(rate ?? {}).map((limit) => ({ ...limit, bucket: `${limit.counts}/${place}` }));
}

/** Recipients by destination. */
export function lotsOf<Recipient extends Addressed>(
  transport: string,
  pace: Pace,
  recipients: readonly Recipient[],
): Lot<Recipient>[] {
  const groups = Map.groupBy(recipients, ({ address }) => destinationOf(address));
  return [...groups].map(([destination, group]) => ({
    destination,
    recipients: group,
    limits: namedLimits(transport, pace, destination),
  }));
}

/** Decides, and takes. */
export function admit<Recipient extends Addressed>(
  { lots, limits, pace, different, nowMs }: AdmissionRequest<Recipient>,
  full: Fill,
): Drawn<Admission<Recipient>> {
  const letters = new Letters(recipientsPerMessageOf(pace));
  const admitted: Recipient[] = [];
  const waiting: Wait<Recipient>[] = [];
  const after = new Map<string, number>();
  for (const lot of lots) {
    const load = {
      messages: different * letters.neededFor(lot.recipients),
      recipients: different * lot.recipients.length,
    };
    const startMs = startOf(lot.limits, load, full, nowMs);
    if (startMs > nowMs) {
      const costMs = Math.max(...lot.limits.map((limit) => costOf(limit, load)));
      waiting.push({ ...lot, startMs, costMs });
      continue;
    }
    letters.put(lot.recipients);
    take(lot.limits, load, { full, after, nowMs });
    for (const recipient of lot.recipients) admitted.push(recipient);
  }
  const load = {
    messages: different * letters.count,
    recipients: different * admitted.length,
  };
  const restsUntilMs = admitted.length === 0 ? nowMs : startOf(limits, load, full, nowMs);
  if (restsUntilMs > nowMs)
    return { fullAtMs: new Map(), result: { admitted: [], waiting: [], restsUntilMs } };
  if (admitted.length > 0) take(limits, load, { full, after, nowMs });
  return { fullAtMs: after, result: { admitted, waiting } };
}

function startOf(limits: readonly NamedLimit[], load: Load, full: Fill, nowMs: number): number {
  return limits.reduce(
    (startMs, limit) =>
      Math.max(startMs, enoughAt(limit, costOf(limit, load), full.get(limit.bucket) ?? -Infinity)),
    nowMs,
  );
}

function take(
  limits: readonly NamedLimit[],
  load: Load,
  { full, after, nowMs }: { full: Fill; after: Map<string, number>; nowMs: number },
): void {
  for (const limit of limits)
    after.set(
      limit.bucket,
      fullAfter(costOf(limit, load), full.get(limit.bucket) ?? -Infinity, nowMs),
    );
}

/** How the sender cuts recipients into messages: in their order, those with a key after those without. */
class Letters {
  readonly #perMessage: number;
  readonly #put: [open: number, sealed: number] = [0, 0];

  constructor(perMessage: number) {
    this.#perMessage = perMessage;
  }

  get count(): number {
    return this.#put.reduce((sum, put) => sum + Math.ceil(put / this.#perMessage), 0);
  }

  /** Messages in which some of these would be. */
  neededFor(recipients: readonly Addressed[]): number {
    return kindsOf(recipients).reduce((sum, count, kind) => {
      if (count === 0) return sum;
      const put = this.#put[kind] ?? 0;
      const [first, last] = [put, put + count - 1].map((at) => Math.floor(at / this.#perMessage));
      return sum + (last ?? 0) - (first ?? 0) + 1;
    }, 0);
  }

  put(recipients: readonly Addressed[]): void {
    const [open, sealed] = kindsOf(recipients);
    this.#put[0] += open;
    this.#put[1] += sealed;
  }
}

function kindsOf(recipients: readonly Addressed[]): [open: number, sealed: number] {
  const sealed = recipients.filter(({ encryptionKey }) => encryptionKey !== undefined).length;
  return [recipients.length - sealed, sealed];
}
