/**
 * The server's senders in a simulation: one job after the other per transport, when it is due and its buckets allow it,
 * as long as the relay takes for it. Which machines are told when follows from that alone.
 */
import { messagesFor, type DraftJob } from "../../balance/jobs.ts";
import { bucketOf, type Bucket, type Load } from "../../balance/pace.ts";
import type { TransportProfile } from "../../transports.ts";

/** What a relay takes in a second. */
export interface RelayRate {
  readonly messages: number;
  readonly bytes: number;
}

/** A job of which the last message is out. */
export interface SentJob {
  readonly job: DraftJob;
  /** What the relay took. */
  readonly messages: number;
  readonly bytes: number;
}

interface DueJob {
  readonly job: DraftJob;
  readonly dueMs: number;
}

interface JobUnderWay extends SentJob {
  readonly untilMs: number;
  /** What of the relay it waits for. */
  readonly slowest: "relay" | "relayLine";
}

/** One transport's sender. */
export class SimulatedSender {
  readonly profile: TransportProfile;
  readonly #bucket: Bucket;
  readonly #rate: RelayRate;
  readonly #archiveBytes: number;
  readonly #due: DueJob[] = [];
  #at = 0;
  #underWay: JobUnderWay | undefined;
  #freeAtMs = 0;
  /** Why what is left is not out yet: the relay is busy, or the provider's limits say later. */
  waitsFor: "relay" | "relayLine" | "limits" | undefined;

  constructor(profile: TransportProfile, rate: RelayRate, archiveBytes: number) {
    this.profile = profile;
    this.#bucket = bucketOf(profile.pace ?? {});
    this.#rate = rate;
    this.#archiveBytes = archiveBytes;
  }

  /** A wave has started: its jobs become due, each after its delay. */
  start(jobs: readonly DraftJob[], nowMs: number): void {
    const own = jobs.filter(({ transport }) => transport === this.profile.name);
    const due = own.map((job) => ({ job, dueMs: nowMs + job.delayMs }));
    this.#due.push(...due.toSorted((one, other) => one.dueMs - other.dueMs));
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
      const next = mayBegin ? this.#due[this.#at] : undefined;
      if (next === undefined) return;
      const { job } = next;
      const { pace } = this.profile;
      const isMail = this.profile.carriage === "message";
      const messages = isMail ? messagesFor(job.size, pace, job.messages) : 0;
      const load: Load = { recipients: job.size, messages: Math.max(1, messages) };
      // The archive goes out once for each group of recipients, whole or in parts.
      const copies = isMail && job.attach ? messagesFor(job.size, pace) : 0;
      const bytes = copies * this.#archiveBytes * base64Growth;
      const soonestMs = Math.max(this.#freeAtMs, next.dueMs, endMs - 1000);
      const startMs = this.#bucket.startOf({ messages: 1, recipients: 1 }, soonestMs);
      if (startMs >= endMs) {
        this.waitsFor = "limits";
        return;
      }
      this.#bucket.take(load, startMs);
      this.#at++;
      const [byCount, bySize] = [messages / this.#rate.messages, bytes / this.#rate.bytes];
      this.#freeAtMs = startMs + 1000 * Math.max(byCount, bySize);
      const slowest = byCount >= bySize ? "relay" : "relayLine";
      this.#underWay = { job, messages, bytes, untilMs: this.#freeAtMs, slowest };
    }
  }
}

/** Base64 in lines of 76 characters (RFC 2045 6.8). */
const base64Growth = (4 / 3) * (78 / 76);
