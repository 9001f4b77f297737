/**
 * Cuts a wave into jobs and spaces them. A job is like notifications for one transport, at most 500 recipients; jobs
 * wait for the buckets of their transport and destinations, and are spread by a jitter that is the same every time.
 *
 * A destination that is large enough to meet its limit has jobs of its own; the small ones share. Recipients stay
 * numbers until somebody asks a job for them.
 */
import type { PlannedJob } from "../../ledger/index.ts";
import type { Roster } from "../audience/roster.ts";
import { partsOf, type Carry } from "../carriage/carry.ts";
import type { TransportProfile } from "../carriage/transports.ts";
import {
  bucketOf,
  recipientsPerMessageOf,
  type Bucket,
  type Load,
  type Pace,
} from "../limits/pace.ts";
import { lots } from "./draw.ts";

/** What is planned for. */
export interface JobsInput {
  readonly deployment: string;
  readonly roster: Roster;
  /** Members of each wave, by number in the roster. */
  readonly waves: readonly { readonly members: Uint32Array }[];
  readonly transports: readonly TransportProfile[];
  /** How the archive goes with this transport's messages. */
  carryBy(transport: TransportProfile): Carry;
}

/** A job that knows its size without naming anybody. */
export interface DraftJob extends PlannedJob {
  /** Recipients. */
  readonly size: number;
  /** Messages that each of them gets: the notification, and the parts of the archive. */
  readonly messages: number;
  /** How many of them are at each destination, in their order. */
  readonly destinations: ReadonlyMap<string, number>;
}

const defaultRecipientsPerJob = 500;
/** Largest part of the pause between two jobs that the jitter may add. */
const jitter = 0.2;

/** The jobs, wave by wave. Delays count from the wave's own start. Stops after every wave and transport. */
export function* planJobs(input: JobsInput): Generator<undefined, DraftJob[], undefined> {
  const jobs: DraftJob[] = [];
  for (const [index, { members }] of input.waves.entries()) {
    const parts = partition(members, (member) => input.roster.transport(member));
    yield;
    for (const transport of input.transports) {
      const carried = parts.get(transport.name);
      if (carried === undefined) continue;
      for (const job of planTransport(input, index, transport, carried)) jobs.push(job);
      yield;
    }
  }
  return jobs;
}

/** How many messages it takes to send so many different ones to a number of recipients. */
export function messagesFor(recipients: number, pace: Pace = {}, different = 1): number {
  return different * Math.ceil(recipients / recipientsPerMessageOf(pace));
}

function* planTransport(
  input: JobsInput,
  wave: number,
  transport: TransportProfile,
  members: Uint32Array,
): Generator<DraftJob> {
  const carry = input.carryBy(transport);
  const messages = 1 + partsOf(carry);
  const common = { wave, transport: transport.name, attach: carry.kind !== "offer", messages };
  const { deployment, roster } = input;
  // One file per share, however many read it.
  if (transport.carriage !== "message") {
    yield jobOf({ ...common, delayMs: 0 }, members, roster);
    return;
  }
  const pacer = new Pacer(transport.pace ?? {}, `${deployment}/${wave}/${transport.name}`);
  for (const { destination, batch } of batches(members, transport, roster))
    yield jobOf(
      { ...common, delayMs: pacer.delayOf(destination, batch.length, messages) },
      batch,
      roster,
    );
}

function jobOf(
  job: Omit<DraftJob, "recipients" | "size" | "destinations">,
  members: Uint32Array,
  roster: Roster,
): DraftJob {
  return {
    ...job,
    size: members.length,
    get destinations() {
      const counts = new Map<string, number>();
      for (const member of members) {
        const destination = roster.destination(member);
        counts.set(destination, (counts.get(destination) ?? 0) + 1);
      }
      return counts;
    },
    get recipients() {
      return Array.from(members, (member) => ({
        agent: roster.agent(member),
        address: roster.address(member),
      }));
    },
  };
}

interface Batch {
  /** undefined: several small ones. */
  readonly destination: string | undefined;
  readonly batch: Uint32Array;
}

function* batches(
  members: Uint32Array,
  { pace = {}, recipientsPerJob = defaultRecipientsPerJob }: TransportProfile,
  roster: Roster,
): Generator<Batch> {
  const isLarge = (destination: string, count: number): boolean =>
    isLimited(pace, destination) && count > recipientsPerJob / 10;
  const hasLimits = pace.perDestination !== undefined || pace.destinations !== undefined;
  const groups: ReadonlyMap<string | undefined, Uint32Array> = hasLimits
    ? partition(members, (member) => roster.destination(member), isLarge)
    : new Map([[undefined, members]]);
  for (const [destination, group] of groups)
    for (let at = 0; at < group.length; at += recipientsPerJob)
      yield { destination, batch: group.subarray(at, at + recipientsPerJob) };
}

function isLimited(pace: Pace, destination: string): boolean {
  return pace.perDestination !== undefined || pace.destinations?.[destination] !== undefined;
}

/**
 * Members of one key together, keys as they first appear, members in order; keys that are not `apart` go together,
 * last, under `undefined`. Counted first, then put into their places: one array for all of them.
 */
function partition(
  members: Uint32Array,
  keyOf: (member: number) => string,
  apart: (key: string, count: number) => boolean = () => true,
): Map<string | undefined, Uint32Array> {
  const numbers = new Map<string, number>();
  const keys = members.map((member) => {
    const key = keyOf(member);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
  const counts = new Uint32Array(numbers.size);
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  const sorted = new Uint32Array(members.length);
  const parts = new Map<string | undefined, Uint32Array>();
  const next = new Int32Array(numbers.size).fill(-1);
  let used = 0;
  for (const [key, number] of numbers) {
    const count = counts[number] ?? 0;
    if (!apart(key, count)) continue;
    next[number] = used;
    parts.set(key, sorted.subarray(used, used + count));
    used += count;
  }
  if (used < members.length) parts.set(undefined, sorted.subarray(used));
  for (const [place, member] of members.entries()) {
    const key = keys[place] ?? 0;
    const own = next[key] ?? -1;
    if (own < 0) sorted[used++] = member;
    else {
      sorted[own] = member;
      next[key] = own + 1;
    }
  }
  return parts;
}

class Pacer {
  readonly #pace: Pace;
  readonly #lotOf: (name: string) => number;
  readonly #own: Bucket;
  readonly #destinations = new Map<string, Bucket>();
  #count = 0;
  #lastMs = 0;

  constructor(pace: Pace, seed: string) {
    this.#pace = pace;
    this.#lotOf = lots(seed);
    this.#own = bucketOf(pace);
  }

  delayOf(destination: string | undefined, recipients: number, different: number): number {
    const load: Load = {
      recipients: recipients * different,
      messages: messagesFor(recipients, this.#pace, different),
    };
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
    return this.#lotOf(String(this.#count++)) / 2 ** 32;
  }
}
