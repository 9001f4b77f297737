/**
 * Cuts a wave into jobs and spaces them. A job is like notifications for one transport, at most 500 recipients; jobs
 * wait for the buckets of their transport and destinations, and are spread by a jitter that is the same every time.
 *
 * A destination that is large enough to meet its limit has jobs of its own; the small ones share.
 */
import { createHash } from "node:crypto";
import type { PlannedJob } from "../../ledger/index.ts";
import type { ReachableAgent } from "../audience.ts";
import type { TransportProfile } from "../transports.ts";
import { bucketOf, type Bucket, type Load, type Pace } from "./pace.ts";

/** What is planned for. */
export interface JobsInput {
  readonly deployment: string;
  readonly waves: readonly { readonly members: readonly ReachableAgent[] }[];
  readonly transports: readonly TransportProfile[];
  /** Does the archive travel inside this transport's messages? */
  attaches(transport: TransportProfile): boolean;
}

const defaultRecipientsPerJob = 500;
const defaultRecipientsPerMessage = 100;
/** Largest part of the pause between two jobs that the jitter may add. */
const jitter = 0.2;

/** The jobs, wave by wave. Delays count from the wave's own start. */
export function planJobs(input: JobsInput): PlannedJob[] {
  return input.waves.flatMap((wave, index) => {
    const byTransport = groupBy(wave.members, ({ transport }) => transport);
    return input.transports.flatMap((transport) => {
      const members = byTransport.get(transport.name) ?? [];
      return members.length === 0 ? [] : planTransport(input, index, transport, members);
    });
  });
}

/** How many messages a number of recipients takes. */
export function messagesFor(recipients: number, pace: Pace = {}): number {
  return Math.ceil(recipients / (pace.recipientsPerMessage ?? defaultRecipientsPerMessage));
}

function planTransport(
  input: JobsInput,
  wave: number,
  transport: TransportProfile,
  members: readonly ReachableAgent[],
): PlannedJob[] {
  const common = { wave, transport: transport.name, attach: input.attaches(transport) };
  // One file per share, however many read it.
  if (transport.carriage !== "message")
    return [{ ...common, delayMs: 0, recipients: members.map(recipientOf) }];
  const pacer = new Pacer(transport.pace ?? {}, `${input.deployment}/${wave}/${transport.name}`);
  return batches(members, transport).map(({ destination, batch }) => ({
    ...common,
    delayMs: pacer.delayOf(destination, batch.length),
    recipients: batch.map(recipientOf),
  }));
}

interface Batch {
  /** undefined: several small ones. */
  readonly destination: string | undefined;
  readonly batch: readonly ReachableAgent[];
}

function batches(members: readonly ReachableAgent[], transport: TransportProfile): Batch[] {
  const { pace = {}, recipientsPerJob = defaultRecipientsPerJob } = transport;
  const made: Batch[] = [];
  const shared: ReachableAgent[] = [];
  for (const [destination, group] of groupBy(members, destinationOf))
    if (isLimited(pace, destination) && group.length > recipientsPerJob / 10)
      for (const batch of slices(group, recipientsPerJob)) made.push({ destination, batch });
    else for (const member of group) shared.push(member);
  for (const batch of slices(shared, recipientsPerJob))
    made.push({ destination: undefined, batch });
  return made;
}

function isLimited(pace: Pace, destination: string): boolean {
  return pace.perDestination !== undefined || pace.destinations?.[destination] !== undefined;
}

class Pacer {
  readonly #pace: Pace;
  readonly #seed: string;
  readonly #own: Bucket;
  readonly #destinations = new Map<string, Bucket>();
  #count = 0;
  #lastMs = 0;

  constructor(pace: Pace, seed: string) {
    this.#pace = pace;
    this.#seed = seed;
    this.#own = bucketOf(pace);
  }

  delayOf(destination: string | undefined, recipients: number): number {
    const load: Load = { recipients, messages: messagesFor(recipients, this.#pace) };
    const buckets = [this.#own, ...(destination === undefined ? [] : [this.#bucket(destination)])];
    const startMs = buckets.reduce((startMs, bucket) => bucket.startOf(load, startMs), 0);
    for (const bucket of buckets) bucket.take(load, startMs);
    const pauseMs = Math.max(0, startMs - this.#lastMs);
    this.#lastMs = startMs;
    return Math.round(startMs + pauseMs * jitter * this.#draw());
  }

  #bucket(destination: string): Bucket {
    let bucket = this.#destinations.get(destination);
    if (bucket === undefined) {
      const rate = this.#pace.destinations?.[destination] ?? this.#pace.perDestination ?? {};
      this.#destinations.set(destination, (bucket = bucketOf(rate)));
    }
    return bucket;
  }

  /** In [0, 1), the same for the same deployment, wave and job. */
  #draw(): number {
    const digest = createHash("sha256")
      .update(`${this.#seed}/${this.#count++}`)
      .digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  }
}

function destinationOf({ address }: ReachableAgent): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

function recipientOf({ agent, address }: ReachableAgent): { agent: string; address: string } {
  return { agent, address };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function* slices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
