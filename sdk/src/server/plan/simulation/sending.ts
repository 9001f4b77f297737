/**
 * The server's senders in a simulation: one job after the other per transport, when it is due; whom its buckets let
 * through is sent, as long as the relay takes for it, and the others ask again. Which machines are told when follows
 * from that alone.
 */
import type { TransportProfile } from "../../carriage/transports.ts";
import { messagesFor, type DraftJob } from "../../drafting/jobs.ts";
import { DueHeap, type Due } from "./due.ts";
import { SimulatedLimits, type Shares } from "./limits.ts";

/** What a relay takes in a second. */
export interface RelayRate {
  readonly messages: number;
  readonly bytes: number;
}

/** A job, or what the limits let through of it, of which the last message is out. */
export interface SentJob {
  readonly job: DraftJob;
  readonly recipients: number;
  /** What the relay took. */
  readonly messages: number;
  readonly bytes: number;
}

/** A job, or what is left of it. */
interface DueJob extends Due {
  readonly job: DraftJob;
  /** Those still to be written to, where limits have put some of them off. */
  readonly left?: Shares;
}

interface JobUnderWay extends SentJob {
  readonly untilMs: number;
  /** What of the relay it waits for. */
  readonly slowest: "relay" | "relayLine";
}

/** One transport's sender. */
export class SimulatedSender {
  readonly profile: TransportProfile;
  readonly #limits: SimulatedLimits;
  readonly #isLimited: boolean;
  readonly #rate: RelayRate;
  readonly #archiveBytes: number;
  readonly #due = new DueHeap<DueJob>();
  #count = 0;
  #underWay: JobUnderWay | undefined;
  #freeAtMs = 0;
  #restsUntilMs = 0;
  /** Why what is left is not out yet: the relay is busy, or the limits say later. */
  waitsFor: "relay" | "relayLine" | "limits" | undefined;

  constructor(profile: TransportProfile, rate: RelayRate, archiveBytes: number) {
    this.profile = profile;
    const { name, pace = {} } = profile;
    this.#limits = new SimulatedLimits(name, pace);
    this.#isLimited = pace.perDestination !== undefined || pace.destinations !== undefined;
    this.#rate = rate;
    this.#archiveBytes = archiveBytes;
  }

  /** A wave has started: its jobs become due, each after its delay. */
  start(jobs: readonly DraftJob[], nowMs: number): void {
    for (const job of jobs)
      if (job.transport === this.profile.name)
        this.#due.add({ job, dueMs: nowMs + job.delayMs, number: this.#count++ });
  }

  /** What is out by the end of this second; nothing new is begun unless `mayBegin`. */
  *sendUntil(endMs: number, mayBegin: boolean): Generator<SentJob> {
    this.waitsFor = undefined;
    for (;;) {
      if (this.#underWay !== undefined) {
        if (this.#underWay.untilMs > endMs) {
          this.waitsFor = this.#underWay.slowest;
          return;
        }
        const sent = this.#underWay;
        this.#underWay = undefined;
        yield sent;
      }
      const next = mayBegin ? this.#due.first : undefined;
      if (next === undefined) return;
      const startMs = Math.max(this.#freeAtMs, this.#restsUntilMs, next.dueMs, endMs - 1000);
      if (startMs >= endMs) {
        this.waitsFor = "limits"; // a planned delay is theirs, too
        return;
      }
      this.#due.shift();
      this.#begin(next, startMs);
    }
  }

  /** Sends those of it whom the limits let through; the others are due again. */
  #begin({ job, left, number }: DueJob, startMs: number): void {
    const shares = left ?? (this.#isLimited ? job.destinations : new Map([["", job.size]]));
    const drawn = this.#limits.draw(shares, job.messages, startMs);
    if (drawn.restsUntilMs !== undefined) this.#restsUntilMs = drawn.restsUntilMs;
    if (drawn.askAtMs !== undefined)
      this.#due.add({ job, left: drawn.left, dueMs: Math.ceil(drawn.askAtMs), number });
    if (drawn.admitted === 0) return;
    const { pace, carriage } = this.profile;
    const isMail = carriage === "message";
    const messages = isMail ? messagesFor(drawn.admitted, pace, job.messages) : 0;
    // The archive goes out once for each group of recipients, whole or in parts.
    const copies = isMail && job.attach ? messagesFor(drawn.admitted, pace) : 0;
    const bytes = copies * this.#archiveBytes * base64Growth;
    const [byCount, bySize] = [messages / this.#rate.messages, bytes / this.#rate.bytes];
    this.#freeAtMs = startMs + 1000 * Math.max(byCount, bySize);
    const slowest = byCount >= bySize ? "relay" : "relayLine";
    const { admitted: recipients } = drawn;
    this.#underWay = { job, recipients, messages, bytes, untilMs: this.#freeAtMs, slowest };
  }
}

/** Base64 in lines of 76 characters (RFC 2045 6.8). */
const base64Growth = (4 / 3) * (78 / 76);
